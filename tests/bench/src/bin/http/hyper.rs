//! The same files by hyper on tokio's single-threaded runtime.

use std::{
    convert::Infallible,
    fs::File,
    io::{Error, Read, Result},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    task::{Context, Poll},
};

use hyper::{
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
    Request, Response,
};
use hyper_util::rt::TokioIo;

use super::target;

/// How much of a file is read at a time, in bytes: as the example does.
const PIECE: u64 = 32 * 1024;

/// A file that is sent, and how much of it is left.
struct Rest(Option<(File, u64)>);

impl Body for Rest {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        let Some((file, left)) = self.0.as_mut().filter(|(_, left)| *left > 0) else {
            return Poll::Ready(None);
        };
        let mut piece = Vec::new();
        let read = file.take((*left).min(PIECE)).read_to_end(&mut piece);
        *left = left.saturating_sub(piece.len() as u64);
        Poll::Ready(Some(read.map(|_| Frame::data(piece.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(|(_, left)| *left == 0)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.as_ref().map_or(0, |(_, left)| *left))
    }
}

/// Serves until the process ends.
pub(super) fn serve(folder: PathBuf, requests: &'static AtomicU64) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        println!("listening address={}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            let _ = stream.set_nodelay(true);
            let folder = folder.clone();
            tokio::task::spawn_local(async move {
                let answer = service_fn(|request| {
                    let answer = answer(&request, &folder);
                    requests.fetch_add(1, Relaxed);
                    async { Ok::<_, Infallible>(answer) }
                });
                // A client that is gone is no trouble.
                let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
            });
        }
    })
}

fn answer(request: &Request<Incoming>, folder: &Path) -> Response<Rest> {
    let path = target::file_of(folder, request.uri().path()).ok();
    let file = path.and_then(|path| File::open(path).ok());
    let opened = file.and_then(|file| {
        let about = file.metadata().ok()?;
        Some((file, about.len()))
    });
    let status = if opened.is_some() { 200 } else { 404 };
    let mut response = Response::new(Rest(opened));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    let headers = response.headers_mut();
    let kind = hyper::header::HeaderValue::from_static("application/octet-stream");
    headers.insert(hyper::header::CONTENT_TYPE, kind);
    response
}
