#!/usr/bin/env bash
# Ceph's S3 gateway with the least of Ceph behind it: one monitor, one OSD in memory. On 127.0.0.1, in FOLDER and nowhere else.
#
#   radosgw.sh FOLDER PORT ACCESS_KEY SECRET_KEY
#
# Stays in the foreground until it is ended, and its daemons with it. Their ids are in FOLDER/pids once the gateway answers.
# PORT+1 is the monitor's, the OSD takes eight free ones from 6800 up.
set -euo pipefail

folder=$(realpath -m "$1") port=$2 access_key=$3 secret_key=$4
monitor=$((port + 1))
cluster=$(cat /proc/sys/kernel/random/uuid)
conf=$folder/ceph.conf
pids=()

stop() {
  trap - EXIT
  # What the OSD holds is in memory, and a clean end would make it wait for the monitor: there is nothing to save.
  [ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2> /dev/null || true
  wait
}
trap stop EXIT
trap 'exit 0' TERM INT HUP

daemon() { # ends with this script, even if that is killed
  setpriv --pdeathsig KILL "$@" -c "$conf" -f &
  pids+=($!)
}

rm -rf "$folder"/{mon,osd,run,monmap,keyring,pids}
mkdir -p "$folder"/{mon,osd,run}

# Without `keyring`, `auth_supported` and `ms_mon_client_mode` the gateway never gets past the monitor, which has no authentication either.
# Without `paxos_propose_interval` the start takes ten times as long. Admin sockets are off: their paths are too long in deep folders.
cat > "$conf" << CONF
[global]
fsid = $cluster
mon_initial_members = a
mon_host = v1:127.0.0.1:$monitor/0
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_data_avail_crit = 1
paxos_propose_interval = 0.05
run_dir = $folder/run
admin_socket =
pid_file =
log_file = $folder/run/\$name.log
mon_cluster_log_file = $folder/run/cluster.log
crash_dir = $folder/run
[mon.a]
mon_data = $folder/mon
[osd.0]
osd_data = $folder/osd
osd_objectstore = memstore
memstore_device_bytes = 2147483648
[client.rgw]
keyring = $folder/keyring
auth_supported = none
ms_mon_client_mode = crc
rgw_data = $folder/run
rgw_crypt_require_ssl = false
rgw_frontends = beast endpoint=127.0.0.1:$port
CONF

ceph-authtool --create-keyring "$folder/keyring" --gen-key -n client.rgw
monmaptool --create --clobber --addv a "[v1:127.0.0.1:$monitor]" --fsid "$cluster" "$folder/monmap"
ceph-mon -c "$conf" --mkfs -i a --monmap "$folder/monmap"
daemon ceph-mon -i a

disk=$(cat /proc/sys/kernel/random/uuid)
timeout 30 ceph -c "$conf" osd create "$disk"
ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$disk"
daemon ceph-osd -i 0
daemon radosgw -n client.rgw

answers() { # as S3 does: another server may have the port
  (exec 3<> "/dev/tcp/127.0.0.1/$port"; printf 'GET / HTTP/1.0\r\n\r\n' >&3; timeout 5 grep -qi '^x-amz-request-id' <&3) 2> /dev/null
}
for ((tries = 0; tries < 300; tries++)); do
  if answers; then break; fi
  kill -0 "${pids[2]}" || { echo 'radosgw ended'; exit 1; }
  # In one start of twenty the OSD asks the monitor for its place, is told "wrong fsid" and ends. Why is not known; the next one is not.
  if ! kill -0 "${pids[1]}" 2> /dev/null; then
    echo 'the OSD ended: once more'
    setpriv --pdeathsig KILL ceph-osd -i 0 -c "$conf" -f &
    pids[1]=$!
  fi
  sleep 0.1
done
answers || { echo 'radosgw did not answer within 30 s'; exit 1; }
timeout 30 radosgw-admin -c "$conf" user create --uid test --display-name test --access-key "$access_key" --secret-key "$secret_key"

for pid in "${pids[@]}"; do kill -0 "$pid" || { echo 'a daemon ended; is the port taken?'; exit 1; }; done

echo "${pids[@]}" > "$folder/pids.new"
mv "$folder/pids.new" "$folder/pids"
wait -n "${pids[@]}" || true
echo 'a daemon ended, so the others are'
exit 1
