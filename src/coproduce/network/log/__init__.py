"""The only writer and reader of the event table; reached only through an app that has asked the policy."""
