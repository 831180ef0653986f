//! Serial lines.

use std::mem::{align_of, offset_of, size_of};

use iocp_tests::check_constants;

/// Behaviour 33: parity, events and errors of serial lines, literally.
#[test]
fn values_of_serial_lines_are_those_of_the_sdk() {
    check_constants! {
        CE_BREAK = 16,
        CE_FRAME = 8,
        CE_OVERRUN = 2,
        CE_RXOVER = 1,
        CE_RXPARITY = 4,
        CLRBREAK = 9,
        CLRDTR = 6,
        CLRRTS = 4,
        DTR_CONTROL_DISABLE = 0,
        DTR_CONTROL_ENABLE = 1,
        DTR_CONTROL_HANDSHAKE = 2,
        EVENPARITY = 2,
        EV_BREAK = 64,
        EV_CTS = 8,
        EV_DSR = 16,
        EV_ERR = 128,
        EV_RING = 256,
        EV_RLSD = 32,
        EV_RXCHAR = 1,
        EV_RXFLAG = 2,
        EV_TXEMPTY = 4,
        MARKPARITY = 3,
        MS_CTS_ON = 16,
        MS_DSR_ON = 32,
        MS_RING_ON = 64,
        MS_RLSD_ON = 128,
        NOPARITY = 0,
        ODDPARITY = 1,
        ONE5STOPBITS = 1,
        ONESTOPBIT = 0,
        PURGE_RXABORT = 2,
        PURGE_RXCLEAR = 8,
        PURGE_TXABORT = 1,
        PURGE_TXCLEAR = 4,
        RTS_CONTROL_DISABLE = 0,
        RTS_CONTROL_ENABLE = 1,
        RTS_CONTROL_HANDSHAKE = 2,
        RTS_CONTROL_TOGGLE = 3,
        SETBREAK = 8,
        SETDTR = 5,
        SETRTS = 3,
        SETXOFF = 1,
        SETXON = 2,
        SPACEPARITY = 4,
        TWOSTOPBITS = 2,
    }
}

/// Behaviour 33: what serial lines take and tell lies in memory as the SDK's does.
#[test]
#[rustfmt::skip]
fn serial_lines_lie_in_memory_as_in_the_sdk() {
    check_layouts! {
        COMMTIMEOUTS: 20 | 20, 4 | 4;
            ReadIntervalTimeout: 0 | 0, ReadTotalTimeoutMultiplier: 4 | 4,
            ReadTotalTimeoutConstant: 8 | 8, WriteTotalTimeoutMultiplier: 12 | 12,
            WriteTotalTimeoutConstant: 16 | 16;
        DCB: 28 | 28, 4 | 4;
            DCBlength: 0 | 0, BaudRate: 4 | 4, wReserved: 12 | 12, XonLim: 14 | 14,
            XoffLim: 16 | 16, ByteSize: 18 | 18, Parity: 19 | 19, StopBits: 20 | 20,
            XonChar: 21 | 21, XoffChar: 22 | 22, ErrorChar: 23 | 23, EofChar: 24 | 24,
            EvtChar: 25 | 25, wReserved1: 26 | 26;
        COMSTAT: 12 | 12, 4 | 4;
            cbInQue: 4 | 4, cbOutQue: 8 | 8;
    }
}
