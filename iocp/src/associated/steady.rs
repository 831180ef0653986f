//! Sources of which it is known that they answer with the same socket for as long as they live.
//!
//! # Safety
//!
//! One lifetime is made up: that of a trait object which is used at once, for nothing but a type's id.

use std::{any::TypeId, marker::PhantomData, mem::transmute, sync::Arc};

use crate::os::OwnedSocket;

/// Whether an `S` cannot answer with another socket than before: one of std's own, which are never
/// changed behind a shared reference. Anything else is to be asked each time.
#[inline(always)]
pub(super) fn is_steady<S>() -> bool {
    let source = id_of::<S>();
    #[cfg(windows)]
    {
        use std::net::{TcpStream, UdpSocket};

        if source == TypeId::of::<TcpStream>()
            || source == TypeId::of::<Arc<TcpStream>>()
            || source == TypeId::of::<UdpSocket>()
        {
            return true;
        }
    }
    source == TypeId::of::<OwnedSocket>() || source == TypeId::of::<Arc<OwnedSocket>>()
}

/// The id of `S` whose lifetimes, if it has any, are all `'static`. A type without lifetimes, such as
/// those above, has this id only itself.
#[inline(always)]
fn id_of<S>() -> TypeId {
    trait Named {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }
    impl<T> Named for PhantomData<T> {
        #[inline(always)]
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }
    let name: &dyn Named = &PhantomData::<S>;
    // SAFETY:
    // * both are the same reference to the same vtable; only what is promised of the lifetimes in `S`
    //   differs, and no value of `S` exists here: `id` is the same for each choice of them.
    let name = unsafe { transmute::<&dyn Named, &(dyn Named + 'static)>(name) };
    name.id()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_steady_of<T>(_: &T) -> bool {
        is_steady::<T>()
    }

    #[test]
    fn only_the_types_themselves_are_steady() {
        assert!(is_steady::<OwnedSocket>() && is_steady::<Arc<OwnedSocket>>());
        assert!(!is_steady::<Box<OwnedSocket>>() && !is_steady::<Arc<Arc<OwnedSocket>>>());
        let number = 0;
        let (borrowed, nested) = (&number, Some(&number));
        assert!(!is_steady_of(&borrowed) && !is_steady_of(&nested));
        assert!(!is_steady::<&OwnedSocket>() && !is_steady::<&&'static str>());
    }
}
