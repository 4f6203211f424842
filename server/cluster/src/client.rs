//! As much of PostgreSQL's protocol as setting up a cluster takes: trusted, over its socket.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
};

use crate::{Cluster, Result, Told, postmaster::SOCKET, refuse};

impl Cluster {
    /// Runs statements, several at once in one transaction, and returns the first column of what
    /// they answer (null is empty).
    pub fn execute(&self, user: &str, database: &str, sql: &str) -> Result<Vec<String>> {
        let failed = || format!("Cannot speak with PostgreSQL as {user}");
        let mut stream = UnixStream::connect(self.socket_dir().join(SOCKET)).told(failed)?;
        let hello = format!("\0\u{3}\0\0user\0{user}\0database\0{database}\0\0");
        send(&mut stream, &[], hello.as_bytes()).told(failed)?;
        answer(&mut stream).told(failed)??;
        send(&mut stream, b"Q", format!("{sql}\0").as_bytes()).told(failed)?;
        answer(&mut stream).told(failed)?
    }
}

fn send(stream: &mut UnixStream, kind: &[u8], body: &[u8]) -> io::Result<()> {
    let length = u32::try_from(body.len() + 4).map_err(io::Error::other)?;
    stream.write_all(&[kind, &length.to_be_bytes(), body].concat())
}

/// Reads until the server is ready for the next query (Z), collecting rows (D) and the error (E).
fn answer(stream: &mut UnixStream) -> io::Result<Result<Vec<String>>> {
    let mut rows = Vec::new();
    let mut refusal = None;
    loop {
        let mut head = [0; 5];
        if let Err(ended) = stream.read_exact(&mut head) {
            // A fatal error, an unknown role for instance, is the last thing said.
            return refusal.map_or(Err(ended), |sentence: String| Ok(refuse(sentence)));
        }
        let [kind, length @ ..] = head;
        let mut body = vec![0; (u32::from_be_bytes(length) as usize).saturating_sub(4)];
        stream.read_exact(&mut body)?;
        match kind {
            b'Z' => return Ok(refusal.map_or(Ok(rows), refuse)),
            b'E' => refusal = Some(sentence(&body)),
            b'D' => rows.push(first_column(&body)),
            _ => {}
        }
    }
}

/// Fields of an error: severity S, message M, detail D, position P and more, each ended by a zero.
fn sentence(body: &[u8]) -> String {
    let fields = || body.split(|byte| *byte == 0);
    let field = |key: u8| fields().find(|it| it.first() == Some(&key)).map(|it| String::from_utf8_lossy(&it[1..]).into_owned());
    let message = field(b'M').unwrap_or_default();
    let detail = field(b'D').map_or(String::new(), |detail| format!(" {detail}"));
    let place = field(b'P').map_or(String::new(), |at| format!(" (at character {at})"));
    format!("PostgreSQL refuses: {message}{place}.{detail}")
}

/// Two bytes count the columns, four are the first one's length (-1: null), then comes its text.
fn first_column(body: &[u8]) -> String {
    let length = body.get(2..6).and_then(|it| it.try_into().ok()).map_or(-1, i32::from_be_bytes);
    let end = 6 + usize::try_from(length).unwrap_or(0);
    String::from_utf8_lossy(body.get(6..end).unwrap_or_default()).into_owned()
}
