#!/bin/sh
# Makes every password that docker-compose.yml asks for, once: what is there stays. Run it in Firebreak's folder.
# The folder is closed to others; the files in it are open, because each container reads them as a user of its own.
set -eu
umask 077
mkdir -p secrets
# A file appears under its name only when it is whole: an empty one would stay for ever.
for name in broker-password gateway-password influxdb-password influxdb-token \
  postgres-password grafana-database-password grafana-admin-password; do
  [ -s "secrets/$name" ] && continue
  # On a line of its own, so that its failure ends this.
  value=$(openssl rand -hex 24)
  printf %s "$value" > "secrets/$name.new"
  mv -f "secrets/$name.new" "secrets/$name"
done
if [ ! -s secrets/mosquitto-passwd ]; then
  trap 'rm -f secrets/mosquitto-passwd.plain' EXIT
  trap 'exit 1' HUP INT TERM
  {
    printf 'firebreak-hub:%s\n' "$(cat secrets/broker-password)"
    printf 'demo-gateway:%s\n' "$(cat secrets/gateway-password)"
  } > secrets/mosquitto-passwd.plain
  if command -v mosquitto_passwd > /dev/null; then
    mosquitto_passwd -U secrets/mosquitto-passwd.plain
  else
    docker run --rm -v "$PWD/secrets:/secrets" eclipse-mosquitto:2 mosquitto_passwd -U /secrets/mosquitto-passwd.plain
  fi
  mv -f secrets/mosquitto-passwd.plain secrets/mosquitto-passwd
fi
chmod 0444 secrets/*
echo "secrets/ is complete; the password of admin in Grafana is in secrets/grafana-admin-password"
