# SPDX-License-Identifier: Apache-2.0
#
# What the `first` scripts of the documentation's pages may call. Devices, mounts and files are those of the throwaway host.

# card NAME…: network cards that are up
card() {
  local name
  for name; do
    ip link add "$name" type veth peer name "wire-$name"
    ip link set "$name" up
    ip link set "wire-$name" up
  done
}

# repository URL DIRECTORY: a bare repository with the files of the directory as its first commit
repository() {
  git init -q --bare -b main "$1"
  git -C "$2" init -q -b main
  git -C "$2" remote add origin "$PWD/$1"
  commit "$2" "web on port 2"
}

# commit DIRECTORY MESSAGE
commit() {
  git -C "$1" add -A
  git -C "$1" commit -qm "$2"
  git -C "$1" push -q origin main
}

# until_it COMMAND…: waits until the command succeeds
until_it() {
  local tries=0
  until "$@" > /dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ]; then
      "$@"
      return 1
    fi
    sleep 0.1
  done
}

# own_etc: /etc is a copy, with /etc/plumbline in it
own_etc() {
  cp -a /etc etc
  mount --bind etc /etc
  mkdir -p /etc/plumbline
}

# own_run: /run is empty but for the namespaces' names
own_run() {
  mkdir names
  mount --move /run/netns names
  mount -t tmpfs none /run
  mkdir /run/netns
  mount --move names /run/netns
}
