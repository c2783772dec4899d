"""How fast a network's control charts are made, and how soon and how rightly they signal."""
