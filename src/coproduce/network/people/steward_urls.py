"""Addresses of the stewards' pages."""

from django.urls import path

from coproduce.network.people import steward_views as views

app_name = "stewards"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("places/<int:site_id>/", views.place, name="place"),
    path("people/<int:person_id>/", views.person, name="person"),
    path("people/<int:person_id>/place/", views.put, name="put"),
    path("people/<int:person_id>/let-act/", views.let_act, name="let_act"),
    path("people/<int:person_id>/end/", views.end_right, name="end_right"),
]
