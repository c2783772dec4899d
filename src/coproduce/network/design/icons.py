"""Our own line drawings on a grid of 24, by name."""

from __future__ import annotations

ICONS: dict[str, str] = {
    "home": '<path d="M4 11.5 12 5l8 6.5V19a1 1 0 0 1-1 1h-4.5v-5.5h-5V20H5a1 1 0 0 1-1-1z"/>',
    "need": '<path d="M20 11.5a7.5 7.5 0 0 1-7.5 7.5H5v-7.5a7.5 7.5 0 0 1 15 0z"/><path d="M9 10.5h7M9 14h4.5"/>',
    "people": '<circle cx="9" cy="9" r="3.25"/><path d="M3 19.5c.4-3.5 2.7-5.3 6-5.3s5.6 1.8 6 5.3"/>'
    '<path d="M15.5 6a3.25 3.25 0 0 1 0 6M17.5 14.7c2 .7 3.2 2.3 3.5 4.8"/>',
    "commons": '<path d="M12 7c-1.8-1.5-4.3-2-8-2v12.5c3.7 0 6.2.5 8 2 1.8-1.5 4.3-2 8-2V5c-3.7 0-6.2.5-8 2z'
    'M12 7v12.5"/>',
    "network": '<circle cx="6" cy="7" r="2.5"/><circle cx="18" cy="8.5" r="2.5"/><circle cx="11" cy="18" r="2.5"/>'
    '<path d="m8.5 7.3 7 .9M7 9.3l3 6.4M16.8 10.7l-4.2 5.3"/>',
    "about": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11.5V16M12 8v.1"/>',
    "leaf": '<path d="M5 19c0-8.5 5-13.5 14.5-14C19.5 14 15 19 8.5 18.5M5 20c1-4 3.5-7.3 8-9.5"/>',
    "check": '<path d="m5.5 12.5 4.3 4.3 8.7-9.3"/>',
    "dot": '<circle cx="12" cy="12" r="3.5" fill="currentColor"/>',
    "circle": '<circle cx="12" cy="12" r="3"/>',
    "alert": '<path d="M12 4.5 21 19.5H3zM12 10v4.5M12 17v.1"/>',
    "good": '<circle cx="12" cy="12" r="8.5"/><path d="m8.3 12.3 2.6 2.7 4.9-5.5"/>',
    "lock": '<rect x="5.5" y="10.5" width="13" height="9" rx="2"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>',
    "search": '<circle cx="11" cy="11" r="6"/><path d="m15.5 15.5 4.5 4.5"/>',
    "arrow": '<path d="m9.5 6 6 6-6 6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "flag": '<path d="M6 20.5V4.5c4-1.5 6.5 2 12 .3v9c-5.5 1.7-8-1.8-12-.3"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4.5V9.5h15V17H17"/><path d="M7 14h10v6H7z"/>',
    "speaker": '<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>',
    "save": '<path d="M7 4.5h10v15l-5-3.7-5 3.7z"/>',
    "send": '<path d="m4 12 16-7.5-5 15.5-3.5-6zM11.5 14 20 4.5"/>',
    "phone": '<path d="M6 4.5h3l1.5 4-2 1.5c1 2.5 3 4.5 5.5 5.5l1.5-2 4 1.5v3c0 1-.8 1.5-1.8 1.5'
    'C10.5 19 5 13.5 4.5 6.3c0-1 .5-1.8 1.5-1.8z"/>',
    "user": '<circle cx="12" cy="8.5" r="3.75"/><path d="M4.5 20c.5-4 3.3-6 7.5-6s7 2 7.5 6"/>',
    "plus": '<path d="M12 5.5v13M5.5 12h13"/>',
    "down": '<path d="M12 4.5v11m-5-4.5 5 5 5-5M5 20h14"/>',
}
