"""Addresses of the observatory; a measure's address is its id in the catalogue."""

from django.urls import path

from coproduce.network.observatory import views

app_name = "observatory"

urlpatterns = [
    path("", views.network, name="network"),
    path("all/", views.numbers, name="numbers"),
    path("all.csv", views.numbers_csv, name="numbers_csv"),
    path("<str:measure_id>.csv", views.measure_csv, name="measure_csv"),
    path("<str:measure_id>/", views.measure, name="measure"),
]
