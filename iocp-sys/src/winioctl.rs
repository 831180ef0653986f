//! `winioctl.h`: kinds of devices.
//!
//! <https://learn.microsoft.com/en-us/windows-hardware/drivers/kernel/specifying-device-types>

/// Kind of a device; a name of the Windows metadata.
///
/// In the high half of a control code, and what
/// [`FILE_FS_DEVICE_INFORMATION`](crate::FILE_FS_DEVICE_INFORMATION) tells of a handle.
pub type FILE_DEVICE_TYPE = u32;
/// Optical disc.
pub const FILE_DEVICE_CD_ROM: FILE_DEVICE_TYPE = 0x02;
/// File system of an optical disc.
pub const FILE_DEVICE_CD_ROM_FILE_SYSTEM: FILE_DEVICE_TYPE = 0x03;
/// Namespace of network shares.
pub const FILE_DEVICE_DFS: FILE_DEVICE_TYPE = 0x06;
/// Disk: what a file on one tells.
pub const FILE_DEVICE_DISK: FILE_DEVICE_TYPE = 0x07;
/// File system of a disk.
pub const FILE_DEVICE_DISK_FILE_SYSTEM: FILE_DEVICE_TYPE = 0x08;
/// File system: the device type of `FSCTL_…` codes.
pub const FILE_DEVICE_FILE_SYSTEM: FILE_DEVICE_TYPE = 0x09;
/// Keyboard.
pub const FILE_DEVICE_KEYBOARD: FILE_DEVICE_TYPE = 0x0B;
/// Mailslot.
pub const FILE_DEVICE_MAILSLOT: FILE_DEVICE_TYPE = 0x0C;
/// What finds the provider of a network path.
pub const FILE_DEVICE_MULTI_UNC_PROVIDER: FILE_DEVICE_TYPE = 0x10;
/// Named pipe; sockets say the same.
pub const FILE_DEVICE_NAMED_PIPE: FILE_DEVICE_TYPE = 0x11;
/// Network.
pub const FILE_DEVICE_NETWORK: FILE_DEVICE_TYPE = 0x12;
/// File system of another machine.
pub const FILE_DEVICE_NETWORK_FILE_SYSTEM: FILE_DEVICE_TYPE = 0x14;
/// The device `NUL`.
pub const FILE_DEVICE_NULL: FILE_DEVICE_TYPE = 0x15;
/// Parallel port.
pub const FILE_DEVICE_PARALLEL_PORT: FILE_DEVICE_TYPE = 0x16;
/// Printer.
pub const FILE_DEVICE_PRINTER: FILE_DEVICE_TYPE = 0x18;
/// Serial port.
pub const FILE_DEVICE_SERIAL_PORT: FILE_DEVICE_TYPE = 0x1B;
/// Tape.
pub const FILE_DEVICE_TAPE: FILE_DEVICE_TYPE = 0x1F;
/// None of these.
pub const FILE_DEVICE_UNKNOWN: FILE_DEVICE_TYPE = 0x22;
/// Disk made of something else.
pub const FILE_DEVICE_VIRTUAL_DISK: FILE_DEVICE_TYPE = 0x24;
/// Forwards to another machine.
pub const FILE_DEVICE_NETWORK_REDIRECTOR: FILE_DEVICE_TYPE = 0x28;
/// Modem.
pub const FILE_DEVICE_MODEM: FILE_DEVICE_TYPE = 0x2B;
/// DVD.
pub const FILE_DEVICE_DVD: FILE_DEVICE_TYPE = 0x33;
/// Console. Windows 8 and later; before, a console handle was no file.
pub const FILE_DEVICE_CONSOLE: FILE_DEVICE_TYPE = 0x50;
