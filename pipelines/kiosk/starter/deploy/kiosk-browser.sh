#!/bin/sh
# Opens the kiosk's page on the whole screen, once the kiosk is ready. To be run in the session of
# the user who owns the screen.
set -eu
server=${KIOSK_SERVER:-http://localhost:8765}
browser=${KIOSK_BROWSER:-chromium}
profile=${XDG_RUNTIME_DIR:-/tmp}/kiosk-browser

until curl --silent --fail --output /dev/null --max-time 2 "$server/readyz"; do
    sleep 1
done

# The profile is made anew each time: nothing of a visitor stays, and no "restore pages?" is asked.
rm -rf "$profile"
exec "$browser" --kiosk "$server/kiosk" \
    --user-data-dir="$profile" \
    --no-first-run \
    --no-default-browser-check \
    --noerrdialogs \
    --disable-session-crashed-bubble \
    --disable-pinch \
    --overscroll-history-navigation=0 \
    --autoplay-policy=no-user-gesture-required \
    --password-store=basic
