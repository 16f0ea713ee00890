//! The byte stream of one connection through Hyperdrive. Does not interpret the bytes.
//!
//! `worker::Socket` acquires the locks of the streams for every read and write; at each release
//! the runtime creates an error with its stack, which took more time than the query itself.
//! Here both locks are held as long as the connection is open.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Promise, Uint8Array};
use worker::web_sys::{ReadableStream, WritableStream, WritableStreamDefaultWriter};
use worker::{Hyperdrive, Result};

#[wasm_bindgen(js_sys = worker::js_sys)]
extern "C" {
    type Binding;

    #[wasm_bindgen(method, catch)]
    fn connect(this: &Binding) -> Result<Streams, JsValue>;

    type Streams;

    #[wasm_bindgen(method, getter)]
    fn readable(this: &Streams) -> ReadableStream;

    #[wasm_bindgen(method, getter)]
    fn writable(this: &Streams) -> WritableStream;
}

#[wasm_bindgen(module = "/runtime.js")]
extern "C" {
    #[wasm_bindgen(js_name = closeConnection)]
    fn close_connection(reader: &ByteReader, writer: &WritableStreamDefaultWriter);

    type ByteReader;

    #[wasm_bindgen(constructor)]
    fn new(stream: &ReadableStream) -> ByteReader;

    /// Resolves to the next bytes, or to nothing at the end.
    #[wasm_bindgen(method)]
    fn read(this: &ByteReader) -> Promise;
}

/// Both directions of the connection, which ends when this is dropped.
pub(crate) struct Socket {
    reader: ByteReader,
    writer: WritableStreamDefaultWriter,
    reading: Option<JsFuture>,
    writing: Option<JsFuture>,
    /// Received bytes that were not read yet.
    rest: Vec<u8>,
}

impl Socket {
    /// Opens a connection. A server that cannot be reached shows only at the first read.
    ///
    /// # Errors
    /// When the runtime opens no connection.
    pub(crate) fn open(hyperdrive: &Hyperdrive) -> Result<Self> {
        let binding: &JsValue = hyperdrive.as_ref();
        let streams = binding.unchecked_ref::<Binding>().connect()?;
        Ok(Self {
            reader: ByteReader::new(&streams.readable()),
            writer: streams.writable().get_writer()?,
            reading: None,
            writing: None,
            rest: Vec::new(),
        })
    }

    /// Waits for the write that is under way.
    fn poll_written(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(writing) = &mut self.writing else {
            return Poll::Ready(Ok(()));
        };
        let written = ready!(writing.poll_unpin(context));
        self.writing = None;
        Poll::Ready(written.map(drop).map_err(|why| failed(&why)))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        close_connection(&self.reader, &self.writer);
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.rest.is_empty() {
            let mut reading = match self.reading.take() {
                Some(reading) => reading,
                None => JsFuture::from(self.reader.read()),
            };
            let Poll::Ready(read) = reading.poll_unpin(context) else {
                self.reading = Some(reading);
                return Poll::Pending;
            };
            let chunk = read.map_err(|why| failed(&why))?;
            // No bytes mean that the server has closed its side.
            let Some(bytes) = chunk.dyn_ref::<Uint8Array>() else {
                return Poll::Ready(Ok(()));
            };
            self.rest = bytes.to_vec();
        }
        let taken = self.rest.len().min(buffer.remaining());
        let unread = self.rest.split_off(taken);
        buffer.put_slice(&self.rest);
        self.rest = unread;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_written(context))?;
        let written = self.writer.write_with_chunk(&Uint8Array::from(bytes));
        self.writing = Some(JsFuture::from(written));
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_written(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The connection closes when this is dropped.
        self.poll_written(context)
    }
}

fn failed(why: &JsValue) -> io::Error {
    io::Error::other(format!("{why:?}"))
}
