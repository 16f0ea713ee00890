//! Maps a `Host` header to a service. Does no I/O.

use std::net::IpAddr;
use std::sync::Arc;

use indexmap::IndexMap;

use super::upstream::Pool;
use prox_config::model::Service;

/// A service with its pool of connections.
#[derive(Debug)]
pub(super) struct Route {
    /// The name of the service, which is also its subdomain and the name of its process, if it has
    /// one.
    pub name: Arc<str>,
    /// The configuration of the service.
    pub service: Service,
    /// The address of the service: `host:port`.
    pub address: Arc<str>,
    /// Reusable connections to the service.
    pub pool: Arc<Pool>,
}

impl Route {
    /// The host and port to connect to.
    pub(super) fn target(&self) -> (&str, u16) {
        (self.service.host.as_str(), self.service.port)
    }
}

fn address(Service { host, port, .. }: &Service) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// The routes of all services below one domain.
#[derive(Debug)]
pub(super) struct Routes {
    domain: String,
    services: IndexMap<String, Arc<Route>>,
}

/// The result of routing a `Host` header.
#[derive(Debug)]
pub(super) enum Routed<'a> {
    /// A service.
    Service(&'a Arc<Route>),
    /// The domain itself.
    Index,
    /// A name below the domain without a service.
    Unknown,
    /// A host outside of the domain. Another website could point its own name here, and must get no
    /// content.
    Foreign,
}

impl Routes {
    /// The routes of a configuration. Services with an unchanged address keep their connections.
    pub(super) fn new(
        domain: &str,
        services: &IndexMap<String, Service>,
        before: Option<&Routes>,
    ) -> Self {
        let services = services
            .iter()
            .map(|(name, service)| {
                let kept = before
                    .and_then(|routes| routes.services.get(&name.to_ascii_lowercase()))
                    .filter(|route| route.service == *service);
                let route = kept.cloned().unwrap_or_else(|| {
                    Arc::new(Route {
                        name: name.as_str().into(),
                        address: address(service).into(),
                        service: service.clone(),
                        pool: Arc::default(),
                    })
                });
                (name.to_ascii_lowercase(), route)
            })
            .collect();
        Self {
            domain: domain.trim_matches('.').to_ascii_lowercase(),
            services,
        }
    }

    /// The domain, in lower case.
    pub(super) fn domain(&self) -> &str {
        &self.domain
    }

    /// All routes, in the order of the configuration.
    pub(super) fn all(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.services.values()
    }

    /// The route of a service by name, ignoring case.
    pub(super) fn get(&self, name: &str) -> Option<&Arc<Route>> {
        if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.services.get(&name.to_ascii_lowercase());
        }
        self.services.get(name)
    }

    /// Routes a `Host` with or without a port. `tenant.web.localhost` also means `web`, for
    /// services with subdomains of their own.
    pub(super) fn route(&self, host: &str) -> Routed<'_> {
        let host = hostname(host);
        if host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return self.route(&host.to_ascii_lowercase());
        }
        if let Some(below) = host
            .strip_suffix(self.domain.as_str())
            .and_then(|rest| rest.strip_suffix('.'))
        {
            let label = below.rsplit('.').next().unwrap_or(below);
            // A service whose name has dots takes precedence over one whose name is the last label.
            return self
                .services
                .get(below)
                .or_else(|| self.services.get(label))
                .map_or(Routed::Unknown, Routed::Service);
        }
        let loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if host == self.domain || host == "localhost" || loopback {
            return Routed::Index;
        }
        Routed::Foreign
    }
}

/// The host name of a `Host` header, without port, brackets of an IPv6 address and final dot.
pub(super) fn hostname(host: &str) -> &str {
    if let Some(rest) = host.strip_prefix('[') {
        return rest.split(']').next().unwrap_or(rest);
    }
    let name = host.split(':').next().unwrap_or(host);
    name.strip_suffix('.').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(domain: &str) -> Routes {
        let service = |port| Service {
            port,
            host: "127.0.0.1".to_owned(),
            listen: None,
        };
        let services = IndexMap::from([
            ("web".to_owned(), service(3000)),
            ("Api".to_owned(), service(4000)),
        ]);
        Routes::new(domain, &services, None)
    }

    fn named(routes: &Routes, host: &str) -> String {
        match routes.route(host) {
            Routed::Service(route) => route.name.to_string(),
            Routed::Index => "index".to_owned(),
            Routed::Unknown => "unknown".to_owned(),
            Routed::Foreign => "foreign".to_owned(),
        }
    }

    #[test]
    fn a_host_finds_its_service() {
        let routes = routes("localhost");
        for (host, meant) in [
            ("web.localhost", "web"),
            ("web.localhost:8080", "web"),
            ("WEB.LocalHost.:8080", "web"),
            ("api.localhost", "Api"),
            ("tenant.web.localhost", "web"),
            ("localhost:8080", "index"),
            ("127.0.0.1:8080", "index"),
            ("[::1]:8080", "index"),
            ("other.localhost", "unknown"),
            (".localhost", "unknown"),
            ("evil.example", "foreign"),
            ("weblocalhost", "foreign"),
            ("web.localhost.evil.example", "foreign"),
            ("192.168.1.2", "foreign"),
            ("", "foreign"),
        ] {
            assert_eq!(named(&routes, host), meant, "{host}");
        }
    }

    #[test]
    fn a_domain_of_several_labels_works_the_same() {
        let routes = routes("Dev.Test.");
        assert_eq!(named(&routes, "web.dev.test"), "web");
        assert_eq!(named(&routes, "dev.test"), "index");
        assert_eq!(named(&routes, "localhost"), "index");
        assert_eq!(named(&routes, "web.localhost"), "foreign");
    }

    #[test]
    fn an_unchanged_service_keeps_its_connections() {
        let before = routes("localhost");
        let mut services: IndexMap<_, _> = before
            .all()
            .map(|route| (route.name.to_string(), route.service.clone()))
            .collect();
        services["Api"].port = 4001;
        let after = Routes::new("localhost", &services, Some(&before));
        let same = |name: &str| Arc::ptr_eq(before.get(name).unwrap(), after.get(name).unwrap());
        assert!(same("web"));
        assert!(!same("api"));
    }
}
