"""Addresses of the commons. Words that somebody looks for never stand in one."""

from django.urls import path

from coproduce.network.commons import views

app_name = "commons"

urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("mine/", views.mine, name="mine"),
    path("<int:resource_id>/", views.resource, name="resource"),
    path("<int:resource_id>/versions/", views.history, name="history"),
    path("<int:resource_id>/versions/<int:number>/", views.resource, name="version"),
    path("<int:resource_id>/versions/<int:number>/changes/", views.changes, name="changes"),
    path("<int:resource_id>/edit/", views.edit, name="edit"),
    path("<int:resource_id>/adapt/", views.adapt, name="adapt"),
    path("<int:resource_id>/share/", views.share, name="share"),
    path("<int:resource_id>/retire/", views.retire, name="retire"),
    path("<int:resource_id>/review/", views.review, name="review"),
    path("<int:resource_id>/keep/", views.keep, name="keep"),
]
