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

/** Serial ports by their drivers: USB adapters, PC, Raspberry Pi, i.MX, Jetson, STM32. */
const serialDrivers = ["USB", "ACM", "S", "AMA", "mxc", "THS", "STM"];

/** A path as systemd reads it: quoted, with its two special characters doubled. */
const quoted = (path: string): string =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;
/** In settings that are paths and no command lines. */
const plain = (path: string): string => `"${path.replaceAll("%", "%%").replaceAll('"', '\\"')}"`;

/**
 * The unit that keeps a gateway running: a user of its own without rights, everything read-only but the spool, serial
 * ports through the group `dialout`. CAN interfaces need no right to be listened to.
 *
 * The watchdog is told by `systemd-notify`, a child process: hence `NotifyAccess=all`. Compiled code is kept in a cache
 * of the service's own, because it cannot write to the program's folder.
 */
export function systemdUnit(options: UnitOptions): string {
  const { node, script, config, spoolFolder, alsoWrites = [], user } = options;
  const writes = [...new Set([spoolFolder, ...alsoWrites])].map(plain).join(" ");
  const devices = serialDrivers.map((driver) => `DeviceAllow=char-tty${driver} rw`).join("\n");
  return `[Unit]
Description=Firebreak gateway
Wants=network-online.target
After=network-online.target time-sync.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=${quoted(node)} ${quoted(script)} gateway --config ${quoted(config)}
CacheDirectory=firebreak-gateway
CacheDirectoryMode=0700
Environment=NODE_COMPILE_CACHE=%C/firebreak-gateway
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
${devices}
ProtectProc=invisible
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
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
MemoryMax=512M

[Install]
WantedBy=multi-user.target
`;
}
