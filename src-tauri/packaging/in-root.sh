#!/bin/sh
# in-root.sh ROOT USER COMMAND…: runs a command in another root as that user, with mounts of its own, which go when
# the command ends. Needs root.
set -eu
exec unshare --mount sh -eu -c '
root=$1 user=$2
shift 2
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
home=$(chroot "$root" getent passwd "$user" | cut -d: -f6)
exec chroot --userspec="$user:$user" "$root" env -i \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME="$home" USER="$user" DEBIAN_FRONTEND=noninteractive \
    DISPLAY="${DISPLAY-}" DBUS_SESSION_BUS_ADDRESS=unix:path=/tmp/bus GDK_BACKEND=x11 \
    WEBKIT_DISABLE_DMABUF_RENDERER=1 LIBGL_ALWAYS_SOFTWARE=1 \
    ${TAURI_AUTOMATION+TAURI_AUTOMATION="$TAURI_AUTOMATION"} \
    ${TAURI_WEBVIEW_AUTOMATION+TAURI_WEBVIEW_AUTOMATION="$TAURI_WEBVIEW_AUTOMATION"} \
    ${WEBKIT_INSPECTOR_SERVER+WEBKIT_INSPECTOR_SERVER="$WEBKIT_INSPECTOR_SERVER"} \
    ${http_proxy+http_proxy="$http_proxy"} "$@"
' in-root "$@"
