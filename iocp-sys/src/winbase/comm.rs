//! Serial lines: speed and form, time limits, lines of the modem, events.
//!
//! A serial line opened with `FILE_FLAG_OVERLAPPED` can be tied to a port: reads, writes and
//! [`WaitCommEvent`](super::WaitCommEvent) then complete by packets.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/devio/communications-resources>

/// Parity of a serial line; a name of the Windows metadata.
pub type DCB_PARITY = u8;
/// None.
pub const NOPARITY: DCB_PARITY = 0;
/// Odd.
pub const ODDPARITY: DCB_PARITY = 1;
/// Even.
pub const EVENPARITY: DCB_PARITY = 2;
/// The bit is always set.
pub const MARKPARITY: DCB_PARITY = 3;
/// The bit is never set.
pub const SPACEPARITY: DCB_PARITY = 4;

/// Stop bits of a serial line; a name of the Windows metadata.
pub type DCB_STOP_BITS = u8;
/// One.
pub const ONESTOPBIT: DCB_STOP_BITS = 0;
/// One and a half.
pub const ONE5STOPBITS: DCB_STOP_BITS = 1;
/// Two.
pub const TWOSTOPBITS: DCB_STOP_BITS = 2;

/// Bits 4 and 5 of [`DCB`]: DTR is low.
pub const DTR_CONTROL_DISABLE: u32 = 0;
/// Bits 4 and 5 of [`DCB`]: DTR is high.
pub const DTR_CONTROL_ENABLE: u32 = 1;
/// Bits 4 and 5 of [`DCB`]: DTR tells the other end when to send.
pub const DTR_CONTROL_HANDSHAKE: u32 = 2;
/// Bits 12 and 13 of [`DCB`]: RTS is low.
pub const RTS_CONTROL_DISABLE: u32 = 0;
/// Bits 12 and 13 of [`DCB`]: RTS is high.
pub const RTS_CONTROL_ENABLE: u32 = 1;
/// Bits 12 and 13 of [`DCB`]: RTS tells the other end when to send.
pub const RTS_CONTROL_HANDSHAKE: u32 = 2;
/// Bits 12 and 13 of [`DCB`]: RTS is high while there is something to send.
pub const RTS_CONTROL_TOGGLE: u32 = 3;

/// What `EscapeCommFunction` does; a name of the Windows metadata.
pub type ESCAPE_COMM_FUNCTION = u32;
/// As if XOFF had come.
pub const SETXOFF: ESCAPE_COMM_FUNCTION = 1;
/// As if XON had come.
pub const SETXON: ESCAPE_COMM_FUNCTION = 2;
/// RTS high.
pub const SETRTS: ESCAPE_COMM_FUNCTION = 3;
/// RTS low.
pub const CLRRTS: ESCAPE_COMM_FUNCTION = 4;
/// DTR high.
pub const SETDTR: ESCAPE_COMM_FUNCTION = 5;
/// DTR low.
pub const CLRDTR: ESCAPE_COMM_FUNCTION = 6;
/// As `SetCommBreak`.
pub const SETBREAK: ESCAPE_COMM_FUNCTION = 8;
/// As `ClearCommBreak`.
pub const CLRBREAK: ESCAPE_COMM_FUNCTION = 9;

/// Lines from the modem that are high; a name of the Windows metadata.
pub type MODEM_STATUS_FLAGS = u32;
/// Clear to send.
pub const MS_CTS_ON: MODEM_STATUS_FLAGS = 0x10;
/// Data set ready.
pub const MS_DSR_ON: MODEM_STATUS_FLAGS = 0x20;
/// It rings.
pub const MS_RING_ON: MODEM_STATUS_FLAGS = 0x40;
/// A carrier was found.
pub const MS_RLSD_ON: MODEM_STATUS_FLAGS = 0x80;

/// What `PurgeComm` drops; a name of the Windows metadata.
pub type PURGE_COMM_FLAGS = u32;
/// Ends the writes in flight; each still completes.
pub const PURGE_TXABORT: PURGE_COMM_FLAGS = 1;
/// Ends the reads in flight; each still completes.
pub const PURGE_RXABORT: PURGE_COMM_FLAGS = 2;
/// What the driver has to send.
pub const PURGE_TXCLEAR: PURGE_COMM_FLAGS = 4;
/// What the driver has received.
pub const PURGE_RXCLEAR: PURGE_COMM_FLAGS = 8;

/// Events of a serial line; a name of the Windows metadata.
pub type COMM_EVENT_MASK = u32;
/// Something was received.
pub const EV_RXCHAR: COMM_EVENT_MASK = 0x0001;
/// The event character was received.
pub const EV_RXFLAG: COMM_EVENT_MASK = 0x0002;
/// The last byte was sent.
pub const EV_TXEMPTY: COMM_EVENT_MASK = 0x0004;
/// CTS changed.
pub const EV_CTS: COMM_EVENT_MASK = 0x0008;
/// DSR changed.
pub const EV_DSR: COMM_EVENT_MASK = 0x0010;
/// The carrier came or went.
pub const EV_RLSD: COMM_EVENT_MASK = 0x0020;
/// A break was seen.
pub const EV_BREAK: COMM_EVENT_MASK = 0x0040;
/// A line error: `CE_FRAME`, `CE_OVERRUN`, `CE_RXPARITY`.
pub const EV_ERR: COMM_EVENT_MASK = 0x0080;
/// It rings.
pub const EV_RING: COMM_EVENT_MASK = 0x0100;

/// Errors that `ClearCommError` tells; a name of the Windows metadata.
pub type CLEAR_COMM_ERROR_FLAGS = u32;
/// More came than the driver has room for.
pub const CE_RXOVER: CLEAR_COMM_ERROR_FLAGS = 0x01;
/// A byte was lost in the hardware.
pub const CE_OVERRUN: CLEAR_COMM_ERROR_FLAGS = 0x02;
/// Wrong parity.
pub const CE_RXPARITY: CLEAR_COMM_ERROR_FLAGS = 0x04;
/// A byte without its end.
pub const CE_FRAME: CLEAR_COMM_ERROR_FLAGS = 0x08;
/// A break.
pub const CE_BREAK: CLEAR_COMM_ERROR_FLAGS = 0x10;

/// Time limits of reads and writes on a serial line, in milliseconds.
///
/// All 0: a read waits until its buffer is full. [`u32::MAX`] between bytes and 0 in the other two
/// fields of reads: what is there, at once. [`u32::MAX`] in both of the first and a limit below it
/// in the third: what is there, or the first byte within the limit. A read or write that runs out
/// completes with *success* and fewer bytes.
///
/// # Layout
/// 20 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-commtimeouts>
#[repr(C)]
#[derive(Debug)]
pub struct COMMTIMEOUTS {
    /// Longest time between two bytes; 0: no limit.
    pub ReadIntervalTimeout: u32,
    /// Time per byte of the buffer; 0: none.
    pub ReadTotalTimeoutMultiplier: u32,
    /// Time for the whole read, added to that; both 0: no limit.
    pub ReadTotalTimeoutConstant: u32,
    /// Time per byte to be sent; 0: none.
    pub WriteTotalTimeoutMultiplier: u32,
    /// Time for the whole write, added to that; both 0: no limit.
    pub WriteTotalTimeoutConstant: u32,
}
layout!(COMMTIMEOUTS: size 20 | 20, align 4 | 4;
    ReadIntervalTimeout: 0 | 0, ReadTotalTimeoutMultiplier: 4 | 4, ReadTotalTimeoutConstant: 8 | 8,
    WriteTotalTimeoutMultiplier: 12 | 12, WriteTotalTimeoutConstant: 16 | 16);
plain!(COMMTIMEOUTS);

/// Speed and form of a serial line.
///
/// Fill it with [`GetCommState`](super::GetCommState) and change what you mean.
///
/// # Layout
/// 28 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-dcb>
#[repr(C)]
#[derive(Debug)]
pub struct DCB {
    /// Size of this structure, bytes.
    pub DCBlength: u32,
    /// Bits in a second.
    pub BaudRate: u32,
    /// From the lowest bit: `fBinary` (must be 1), `fParity`, `fOutxCtsFlow`, `fOutxDsrFlow`,
    /// `fDtrControl` (2 bits), `fDsrSensitivity`, `fTXContinueOnXoff`, `fOutX`, `fInX`,
    /// `fErrorChar`, `fNull`, `fRtsControl` (2 bits), `fAbortOnError`.
    pub _bitfield: u32,
    /// Must be 0.
    pub wReserved: u16,
    /// XON is sent below this many received bytes.
    pub XonLim: u16,
    /// XOFF is sent when fewer bytes than this are free.
    pub XoffLim: u16,
    /// Bits in a byte: 5 to 8.
    pub ByteSize: u8,
    /// Parity.
    pub Parity: DCB_PARITY,
    /// Stop bits.
    pub StopBits: DCB_STOP_BITS,
    /// The XON character.
    pub XonChar: i8,
    /// The XOFF character; not the same.
    pub XoffChar: i8,
    /// Stands for bytes of wrong parity.
    pub ErrorChar: i8,
    /// Ends the data, if not binary.
    pub EofChar: i8,
    /// Received: [`EV_RXFLAG`].
    pub EvtChar: i8,
    /// Not to be used.
    pub wReserved1: u16,
}
layout!(DCB: size 28 | 28, align 4 | 4;
    DCBlength: 0 | 0, BaudRate: 4 | 4, _bitfield: 8 | 8, wReserved: 12 | 12, XonLim: 14 | 14,
    XoffLim: 16 | 16, ByteSize: 18 | 18, Parity: 19 | 19, StopBits: 20 | 20, XonChar: 21 | 21,
    XoffChar: 22 | 22, ErrorChar: 23 | 23, EofChar: 24 | 24, EvtChar: 25 | 25, wReserved1: 26 | 26);
plain!(DCB);

/// State of a serial line.
///
/// # Layout
/// 12 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/ns-winbase-comstat>
#[repr(C)]
#[derive(Debug)]
pub struct COMSTAT {
    /// From the lowest bit: sending waits for CTS, DSR, the carrier, XON; XOFF was sent; the end
    /// character was received; a character is to be sent at once.
    pub _bitfield: u32,
    /// Bytes received and not read yet.
    pub cbInQue: u32,
    /// Bytes of writes that are not sent yet.
    pub cbOutQue: u32,
}
layout!(COMSTAT: size 12 | 12, align 4 | 4; _bitfield: 0 | 0, cbInQue: 4 | 4, cbOutQue: 8 | 8);
plain!(COMSTAT);
