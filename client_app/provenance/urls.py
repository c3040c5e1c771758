from django.urls import path

from provenance import views

urlpatterns = [path("verify", views.verify, name="verify")]
