//! A database for each test, cloned from a template that has all migrations.

use std::path::PathBuf;
use std::process::Command;

use sha2::{Digest, Sha256};
use tokio_postgres::{Client, Config, NoTls};

/// The advisory lock under which all test processes create templates and clones.
const LOCK: i64 = 0x70_72_6f_78;

/// A database that is dropped with its test.
pub struct Database {
    /// The connection settings.
    pub config: Config,
    name: String,
    server: Config,
}

impl Database {
    /// Clones the template, which is created first when a migration has changed.
    pub async fn create() -> Self {
        let url = std::env::var("DATABASE_URL").expect(
            "DATABASE_URL must name a Postgres server; ./scripts/test starts one and sets it",
        );
        let server: Config = url.parse().expect("DATABASE_URL is a Postgres URL");
        let admin = connect(&server).await;
        admin
            .execute("select pg_advisory_lock($1)", &[&LOCK])
            .await
            .unwrap();
        let template = template(&admin, &url).await;
        let name = format!("prox_test_{}_{}", std::process::id(), random_suffix());
        admin
            .batch_execute(&format!("create database {name} template {template}"))
            .await
            .unwrap();
        let mut config = server.clone();
        config.dbname(&name);
        Self {
            config,
            name,
            server,
        }
    }

    /// The name of the database that has all migrations and no rows.
    pub fn template_name() -> String {
        format!("prox_template_{}", fingerprint())
    }

    /// A connection for what a test sets up or reads without the API.
    pub async fn admin(&self) -> Client {
        connect(&self.config).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // A runtime of its own, because the runtime of the test may be shutting down.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let sql = format!("drop database if exists {name} with (force)");
                connect(&server).await.batch_execute(&sql).await.unwrap();
            });
        });
        dropping.join().expect("the test's database is dropped");
    }
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config
        .connect(NoTls)
        .await
        .expect("the test's Postgres answers");
    tokio::spawn(connection);
    client
}

async fn template(admin: &Client, url: &str) -> String {
    let name = Database::template_name();
    let known = admin
        .query_opt("select 1 from pg_database where datname = $1", &[&name])
        .await
        .unwrap();
    if known.is_none() {
        let unfinished = format!("{name}_making");
        admin
            .batch_execute(&format!(
                "drop database if exists {unfinished} with (force)"
            ))
            .await
            .unwrap();
        admin
            .batch_execute(&format!("create database {unfinished}"))
            .await
            .unwrap();
        migrate(&with_database(url, &unfinished));
        admin
            .batch_execute(&format!("alter database {unfinished} rename to {name}"))
            .await
            .unwrap();
    }
    name
}

fn migrate(url: &str) {
    let root = root();
    let status = Command::new("node")
        .arg(root.join("scripts/lib/migrate.mjs"))
        .env("DATABASE_URL", url)
        .stdout(std::process::Stdio::null())
        .status()
        .expect("node runs");
    assert!(
        status.success(),
        "the migrations apply to an empty database"
    );
}

/// The URL with another database name.
fn with_database(url: &str, name: &str) -> String {
    let (base, query) = url
        .split_once('?')
        .map_or((url, ""), |(base, query)| (base, query));
    let (server, _) = base
        .rsplit_once('/')
        .expect("DATABASE_URL names a database");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{server}/{name}{mark}{query}")
}

/// A hash of all migrations.
fn fingerprint() -> String {
    let mut files: Vec<_> = std::fs::read_dir(root().join("migrations"))
        .expect("migrations/ exists")
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.to_string_lossy().as_bytes());
        hash.update(std::fs::read(&file).unwrap());
    }
    hash.finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn random_suffix() -> String {
    use std::hash::{BuildHasher, Hasher};
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u8(0);
    format!("{:016x}", hasher.finish())
}
