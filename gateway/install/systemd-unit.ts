export interface UnitOptions {
  /** Absolute paths: of the Node that runs, of the command's script, of the configuration, of the spool. */
  readonly node: string;
  readonly script: string;
  readonly config: string;
  readonly spoolFolder: string;
  /** Folders it may write besides, such as that of its certificate. */
  readonly alsoWrites?: readonly string[];
  readonly user: string;
}

export const unitName = "firebreak-gateway.service";

/** A path as systemd reads it: quoted, with its two special characters doubled. */
const quoted = (path: string): string =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
/** In settings that are paths and no command lines. */
const plain = (path: string): string => `"${path.replaceAll("%", "%%").replaceAll('"', '\\"')}"`;

/**
 * The unit that keeps a gateway running: a user of its own without rights, everything read-only but the spool, serial
 * ports through the group `dialout`. CAN interfaces need no right to be listened to.
 *
 * The watchdog is told by `systemd-notify`, a child process: hence `NotifyAccess=all`.
 */
export function systemdUnit(options: UnitOptions): string {
  const { node, script, config, spoolFolder, alsoWrites = [], user } = options;
  const writes = [spoolFolder, ...alsoWrites].map(plain).join(" ");
  return `[Unit]
Description=Firebreak gateway
Wants=network-online.target
After=network-online.target time-sync.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=${quoted(node)} ${quoted(script)} gateway --config ${quoted(config)}
User=${user}
Group=${user}
SupplementaryGroups=dialout
Restart=always
RestartSec=5
RestartPreventExitStatus=78
WatchdogSec=60
TimeoutStartSec=120
TimeoutStopSec=30
UMask=0077
ReadWritePaths=${writes}
ProtectSystem=strict
ProtectHome=read-only
PrivateTmp=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
DevicePolicy=closed
DeviceAllow=char-ttyUSB rw
DeviceAllow=char-ttyACM rw
DeviceAllow=char-ttyS rw
DeviceAllow=char-ttyAMA rw
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_CAN AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
MemoryMax=512M

[Install]
WantedBy=multi-user.target
`;
}
