//! `prox trust`: creates the certificate authority for HTTPS if there is none, and explains how to
//! trust it. Never changes the trust store of the system.

use std::path::Path;

use serde::Serialize;

use super::project::locate;
use super::{print, print_json};
use crate::args::{Global, Trust};
use crate::exit::{Exit, Failure, Outcome};
use prox_capture::curl::quote;
use prox_proxy::StatePaths;
use prox_proxy::ca::Authority;

#[derive(Serialize)]
struct Trusted {
    domain: String,
    certificate: String,
    sha256: String,
    commands: Vec<Advice>,
}

#[derive(Serialize)]
struct Advice {
    r#for: &'static str,
    commands: Vec<String>,
}

pub(super) fn run(global: &Global, args: &Trust) -> Outcome {
    let place = locate(global)?;
    let project = prox_config::load(&place.file)?;
    let authorities = StatePaths::of(&place.hash)?.authorities;
    let authority = Authority::open(&authorities, &project.proxy.domain)
        .map_err(|error| Failure::message(Exit::Failure, error).with_code("CA_UNUSABLE"))?;
    let path = authority.certificate_path();
    if args.path {
        print(format!("{}\n", path.display()))?;
        return Ok(Exit::Ok);
    }
    let trusted = Trusted {
        domain: project.proxy.domain,
        certificate: path.display().to_string(),
        sha256: authority.fingerprint(),
        commands: advice(&path),
    };
    if global.json {
        print_json(&trusted)?;
        return Ok(Exit::Ok);
    }
    let mut text = format!(
        "prox signs https://*.{} with an authority of its own, which nothing trusts yet.\n\
         It can sign for names below {} and for this machine's loopback addresses only; its key\n\
         stays on this machine and is readable by you alone.\n\n\
         certificate  {}\n\
         SHA-256      {}\n",
        trusted.domain, trusted.domain, trusted.certificate, trusted.sha256
    );
    if project.proxy.https_port.is_none() {
        text.push_str("\nHTTPS is off: `proxy.https_port` in prox.yaml turns it on.\n");
    }
    text.push_str("\nprox changes nothing itself. To trust it, run what fits:\n");
    for Advice { r#for, commands } in &trusted.commands {
        text.push_str(&format!("\n{}\n", r#for));
        for command in commands {
            text.push_str(&format!("  {command}\n"));
        }
    }
    print(text)?;
    Ok(Exit::Ok)
}

/// The commands that add a certificate to each trust store.
fn advice(certificate: &Path) -> Vec<Advice> {
    let file = quote(&certificate.display().to_string());
    let mut advice = Vec::new();
    let mut add = |r#for, commands: &[String]| {
        advice.push(Advice {
            r#for,
            commands: commands.to_vec(),
        });
    };
    if cfg!(target_os = "macos") {
        add(
            "macOS: Safari, Chrome, curl",
            &[format!(
                "security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db {file}"
            )],
        );
    } else {
        add(
            "Debian, Ubuntu: curl, wget, Python's ssl, Go",
            &[
                format!("sudo cp {file} /usr/local/share/ca-certificates/prox.crt"),
                "sudo update-ca-certificates".to_owned(),
            ],
        );
        add(
            "Fedora, RHEL, Arch",
            &[format!("sudo trust anchor --store {file}")],
        );
        add(
            "Chrome and Chromium on Linux (certutil is in libnss3-tools or nss-tools)",
            &[format!(
                "certutil -d sql:\"$HOME/.pki/nssdb\" -A -t C,, -n prox -i {file}"
            )],
        );
    }
    add(
        "Firefox: Settings, Certificates, View Certificates, Authorities, Import",
        &[format!("# choose {file}")],
    );
    add(
        "Node, for one shell",
        &[format!("export NODE_EXTRA_CA_CERTS={file}")],
    );
    add(
        "Python requests, for one shell",
        &[format!("export REQUESTS_CA_BUNDLE={file}")],
    );
    add("curl, once", &[format!("curl --cacert {file} …")]);
    advice
}
