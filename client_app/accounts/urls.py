from django.urls import path

from accounts import developers, views
from accounts.views import with_accounts

urlpatterns = [
    path("account", with_accounts(views.account), name="account"),
    path("account/sign-in", with_accounts(views.sign_in), name="sign-in"),
    path("account/sign-up", with_accounts(views.sign_up), name="sign-up"),
    path("account/sign-out", with_accounts(views.sign_out), name="sign-out"),
    path("account/password", with_accounts(views.change_password), name="change-password"),
    path("account/delete", with_accounts(views.delete_account), name="delete-account"),
    path("developers", developers.developers, name="developers"),
    path("developers/tokens/<int:number>/revoke", developers.revoke, name="revoke-token"),
]
