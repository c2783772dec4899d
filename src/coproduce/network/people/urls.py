"""Addresses of the pages about oneself."""

from django.urls import path

from coproduce.network.people import views

app_name = "people"

urlpatterns = [
    path("", views.me, name="me"),
    path("children/add/", views.add_child, name="add_child"),
    path("act-for/", views.act_for, name="act_for"),
    path("erase/", views.erase, name="erase"),
]
