//! The seed's event queue: readiness over completions.

mod config;
mod event;
mod events;
mod interests;
mod listener;
mod native;
#[allow(clippy::module_inception)] // the type that the module is named after
mod poll;
mod queue;
mod registrator;
mod selector;
mod source;
mod stream;
mod table;
mod waker;

pub use self::{
    config::Config,
    event::{Event, Token},
    events::Events,
    interests::Interests,
    listener::TcpListener,
    poll::Poll,
    registrator::{Registrable, Registrator},
    selector::Selector,
    stream::TcpStream,
    waker::Waker,
};
