//! How imports are linked: by DLL name, without import libraries and without a build script.
//!
//! `raw-dylib` lets rustc write the import table itself, so neither an SDK nor a downloaded
//! `.lib` is needed. On x86 the C convention decorates `stdcall` names (`_CloseHandle@4`) which the
//! DLLs do not export; `import_name_type = "undecorated"` asks for the plain name. On hosts other
//! than Windows the functions are declared but not linked: types, constants and layouts compile and
//! are tested everywhere, and only a *call* fails to link.

/// Declares functions exported by one DLL, in the order and spelling of their header.
macro_rules! link {
    ($library:literal; $($declarations:tt)+) => {
        #[cfg_attr(
            all(windows, target_arch = "x86"),
            link(
                name = $library,
                kind = "raw-dylib",
                modifiers = "+verbatim",
                import_name_type = "undecorated"
            )
        )]
        #[cfg_attr(
            all(windows, not(target_arch = "x86")),
            link(name = $library, kind = "raw-dylib", modifiers = "+verbatim")
        )]
        extern "system" {
            $($declarations)+
        }
    };
}

/// Like `link!` for functions that a supported Windows may lack: each also gets the type of its
/// pointer, so that callers can resolve it at run time. Each declaration ends with `as PFN_Name;`.
macro_rules! link_late {
    ($library:literal; $(
        $(#[$doc:meta])*
        pub fn $name:ident($($parameter:ident: $ty:ty),* $(,)?) -> $result:ty as $pointer:ident;
    )+) => {
        link! { $library; $(
            $(#[$doc])*
            pub fn $name($($parameter: $ty),*) -> $result;
        )+ }
        $(
            #[doc = concat!("Pointer to [`", stringify!($name), "`], to resolve at run time.")]
            pub type $pointer = Option<unsafe extern "system" fn($($parameter: $ty),*) -> $result>;
        )+
    };
}
