from django.contrib import admin
from django.urls import path, re_path

from facedetect import views
from facedetect.api import UnknownApiView

urlpatterns = [
    path("", views.studio, name="studio"),
    path("privacy", views.privacy, name="privacy"),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz, name="healthz"),
    path("tasks/expire-sources", views.expire_sources, name="expire-sources"),
    path("api/sources", views.SourcesView.as_view(), name="sources"),
    path("api/sources/<str:source_id>", views.SourceView.as_view(), name="source"),
    path("api/sources/<str:source_id>/image", views.SourceImageView.as_view(), name="source-image"),
    path("api/sources/<str:source_id>/images", views.SourceImagesView.as_view(), name="source-images"),
    path("api/sessions", views.SessionsView.as_view(), name="sessions"),
    re_path(r"^api(/|$)", UnknownApiView.as_view()),
    path("admin/", admin.site.urls),
]
