"""Addresses of the pages about oneself."""

from django.urls import path

from coproduce.network.people import example_views, views

app_name = "people"

urlpatterns = [
    path("", views.me, name="me"),
    path("children/add/", views.add_child, name="add_child"),
    path("act-for/", views.act_for, name="act_for"),
    path("acting/", views.acting, name="acting"),
    path("assent/", views.assent, name="assent"),
    path("erase/", views.erase, name="erase"),
    path("example/", example_views.example_people, name="example_people"),
    path("example/be/", example_views.be, name="be"),
]
