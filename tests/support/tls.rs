//! The scripted server behind TLS.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub use super::certificates::{Authority, self_signed};
use super::exchange::{Exchange, Stream, Then};
use super::server::Server;

struct Tls(StreamOwned<ServerConnection, TcpStream>);

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Stream for Tls {
    fn tcp(&self) -> &TcpStream {
        &self.0.sock
    }

    fn finish(&mut self) {
        self.0.conn.send_close_notify();
        let _ = self.0.flush();
    }
}

/// The scripted server behind TLS. `Then::Close` sends close_notify first.
pub fn server(
    config: Arc<ServerConfig>,
    script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static,
) -> Server {
    server_on(TcpListener::bind("127.0.0.1:0").unwrap(), config, script)
}

/// The same on a listener that the test has made.
pub fn server_on(
    listener: TcpListener,
    config: Arc<ServerConfig>,
    script: impl Fn(&mut Exchange<'_>) -> Then + Send + Sync + 'static,
) -> Server {
    let wrap = move |tcp| {
        let connection = ServerConnection::new(config.clone()).map_err(io::Error::other)?;
        Ok(Box::new(Tls(StreamOwned::new(connection, tcp))) as Box<dyn Stream>)
    };
    Server::wrapped(listener, "https", wrap, script)
}
