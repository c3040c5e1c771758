from django.contrib import admin
from django.urls import include, path, re_path

from facedetect import reports, service_api, sources_api, views
from facedetect.api import api, unknown
from mediajobs import api as mediajobs_api
from provenance.api import router as provenance_router

api.add_router("", sources_api.router)
api.add_router("", mediajobs_api.router)
api.add_router("", provenance_router)
api.add_router("", service_api.router)

urlpatterns = [
    path("", views.studio, name="studio"),
    path("files", views.files, name="files"),
    path("privacy", views.privacy, name="privacy"),
    path("stage", views.stage, name="stage"),
    path("report", reports.report, name="report"),
    path("report/sent", reports.reported, name="reported"),
    path("", include("accounts.urls")),
    path("favicon.ico", views.favicon),
    path("healthz", views.healthz, name="healthz"),
    path("tasks/expire-sources", views.expire_sources, name="expire-sources"),
    path("", include("provenance.urls")),
    re_path(r"^api/?$", unknown),
    path("api/", api.urls),
    re_path(r"^api/", unknown),
    path("admin/", admin.site.urls),
]
