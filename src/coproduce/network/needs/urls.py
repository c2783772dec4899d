"""Addresses of needs. Words that somebody wrote never stand in one."""

from django.urls import path

from coproduce.network.needs import helping_views, views

app_name = "needs"

urlpatterns = [
    path("", views.home, name="home"),
    path("needs/", views.mine, name="mine"),
    path("needs/suggest/", views.suggest, name="suggest"),
    path("needs/keep/", views.keep_words, name="keep"),
    path("needs/<int:need_id>/", views.need, name="need"),
    path("needs/<int:need_id>/status/", views.status, name="status"),
    path("needs/<int:need_id>/chips/", views.chips, name="chips"),
    path("needs/<int:need_id>/close/", views.close, name="close"),
    path("needs/<int:need_id>/urgent/", views.urgent, name="urgent"),
    path("needs/<int:need_id>/go-on/", views.go_on, name="go_on"),
    path("needs/<int:need_id>/reopen/", views.reopen, name="reopen"),
    path("needs/<int:need_id>/story/", views.story, name="story"),
    path("needs/<int:need_id>/offers/<int:offer_id>/", views.open_offer, name="open"),
    path("needs/<int:need_id>/offers/<int:offer_id>/use/", views.use, name="use"),
    path("needs/<int:need_id>/offers/<int:offer_id>/outcome/", views.outcome, name="outcome"),
    path("needs/<int:need_id>/offers/<int:offer_id>/accept/", helping_views.accept, name="accept"),
    path("needs/<int:need_id>/ask/", helping_views.ask, name="ask"),
    path("needs/<int:need_id>/reply/", helping_views.reply, name="reply"),
    path("needs/<int:need_id>/help/", helping_views.offer_self, name="offer_self"),
    path("needs/<int:need_id>/decline/", helping_views.decline, name="decline"),
    path("needs/<int:need_id>/send/", helping_views.send, name="send"),
    path("needs/<int:need_id>/make/", helping_views.make, name="make"),
    path("people/", helping_views.helpers, name="helpers"),
]
