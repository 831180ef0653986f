//! The names of what a program imports from `ws2_32.dll` by number.
//!
//! Microsoft's import library gives the functions of Winsock 1.1 as ordinals, mingw-w64's as names:
//! without this table a program built with MSVC would count `#3` where another counts `closesocket`.

/// Ordinals of `ws2_32.dll`, sorted.
const WINSOCK: [(u16, &str); 37] = [
    (1, "accept"),
    (2, "bind"),
    (3, "closesocket"),
    (4, "connect"),
    (5, "getpeername"),
    (6, "getsockname"),
    (7, "getsockopt"),
    (8, "htonl"),
    (9, "htons"),
    (10, "ioctlsocket"),
    (11, "inet_addr"),
    (12, "inet_ntoa"),
    (13, "listen"),
    (14, "ntohl"),
    (15, "ntohs"),
    (16, "recv"),
    (17, "recvfrom"),
    (18, "select"),
    (19, "send"),
    (20, "sendto"),
    (21, "setsockopt"),
    (22, "shutdown"),
    (23, "socket"),
    (51, "gethostbyaddr"),
    (52, "gethostbyname"),
    (53, "getprotobyname"),
    (54, "getprotobynumber"),
    (55, "getservbyname"),
    (56, "getservbyport"),
    (57, "gethostname"),
    (111, "WSAGetLastError"),
    (112, "WSASetLastError"),
    (113, "WSACancelBlockingCall"),
    (114, "WSAIsBlocking"),
    (115, "WSAStartup"),
    (116, "WSACleanup"),
    (151, "__WSAFDIsSet"),
];

/// The name of an import by ordinal; `#number` if this table has none. `dll` in lower case.
pub(super) fn name_of(dll: &str, ordinal: u16) -> String {
    let known = match dll {
        "ws2_32.dll" => WINSOCK.binary_search_by_key(&ordinal, |(number, _)| *number).ok(),
        _ => None,
    };
    known.map_or_else(|| format!("#{ordinal}"), |at| WINSOCK[at].1.to_owned())
}

#[cfg(test)]
mod tests {
    use std::ptr::null;

    use iocp_sys::{GetModuleHandleW, GetProcAddress};

    use super::*;

    #[test]
    fn the_table_is_sorted_and_names_only_what_it_has() {
        assert!(WINSOCK.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(name_of("ws2_32.dll", 3), "closesocket");
        assert_eq!(name_of("ws2_32.dll", 116), "WSACleanup");
        assert_eq!(name_of("ws2_32.dll", 24), "#24");
        assert_eq!(name_of("kernel32.dll", 3), "#3");
    }

    /// As the loader of this system finds them.
    #[test]
    fn each_ordinal_is_the_function_of_its_name() {
        // Winsock is loaded: the program has sockets.
        drop(std::net::UdpSocket::bind("127.0.0.1:0"));
        let dll: Vec<u16> = "ws2_32.dll\0".encode_utf16().collect();
        // SAFETY:
        // * the name ends with a zero.
        let module = unsafe { GetModuleHandleW(dll.as_ptr()) };
        assert!(!module.is_null());
        for (ordinal, name) in WINSOCK {
            let wanted = std::ffi::CString::new(name).unwrap();
            // SAFETY:
            // * the module stays loaded, and the name ends with a zero.
            let by_name = unsafe { GetProcAddress(module, wanted.as_ptr().cast()) };
            // SAFETY:
            // * as above; a pointer up to 0xFFFF is taken as an ordinal and not read.
            let by_number =
                unsafe { GetProcAddress(module, null::<u8>().wrapping_add(ordinal.into())) };
            let address = |function: Option<unsafe extern "system" fn() -> isize>| {
                function.map(|function| function as usize)
            };
            assert!(by_name.is_some(), "{name} is not there");
            assert_eq!(address(by_name), address(by_number), "{ordinal} is not {name}");
        }
    }
}
