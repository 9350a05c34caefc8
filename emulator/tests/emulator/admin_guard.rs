//! Who may use the admin port.

use serde_json::Value;

use crate::support::Service;

fn host(service: &Service) -> String {
    service.emulator.admin_url().unwrap().replacen("http://", "", 1)
}

#[tokio::test]
async fn there_is_no_admin_port_unless_asked_for() {
    assert_eq!(Service::start().await.emulator.admin_url(), None);
}

#[tokio::test]
async fn it_listens_on_loopback_only() {
    let service = Service::with_admin().await;
    assert!(host(&service).starts_with("127.0.0.1:"));
}

#[tokio::test]
async fn another_host_name_is_refused() {
    let service = Service::with_admin().await;
    let own = host(&service);
    let port = own.rsplit(':').next().unwrap();
    for good in [
        own.clone(),
        format!("localhost:{port}"),
        format!("LOCALHOST:{port}"),
        format!("[::1]:{port}"),
    ] {
        let answer = service
            .admin_raw("GET", "/api/hubs", &[("host", &good)], "")
            .await;
        assert_eq!(answer.status, 200, "{good}");
    }
    let next_port = (port.parse::<u32>().unwrap() + 1).to_string();
    for bad in [
        format!("evil.example:{port}"),
        "127.0.0.1".to_owned(),
        format!("127.0.0.1:{next_port}"),
        format!("127.0.0.1:{port}@evil.example"),
        format!("127.0.0.1.evil.example:{port}"),
    ] {
        for path in ["/", "/page.js", "/api/hubs", "/api/traffic/stream"] {
            let answer = service.admin_raw("GET", path, &[("host", &bad)], "").await;
            assert_eq!(answer.status, 403, "{bad} {path}");
            assert!(
                answer.body.contains("Host header must be one of"),
                "{}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn pages_from_elsewhere_are_refused() {
    let service = Service::with_admin().await;
    let own = host(&service);
    let good = format!("http://{own}");
    let answer = service
        .admin_raw("POST", "/api/reset", &[("origin", &good)], "")
        .await;
    assert_eq!(answer.status, 204);
    for bad in [
        "null",
        "http://evil.example",
        "http://127.0.0.1:1",
        &format!("https://{own}"),
        "file://",
    ] {
        for (method, path) in [
            ("POST", "/api/reset"),
            ("DELETE", "/api/faults"),
            ("GET", "/api/traffic"),
        ] {
            let answer = service.admin_raw(method, path, &[("origin", bad)], "").await;
            assert_eq!(answer.status, 403, "{bad} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    // Without an Origin, as of images and scripts of other pages.
    for site in ["cross-site", "same-site"] {
        let headers = [("sec-fetch-site", site)];
        let answer = service.admin_raw("GET", "/api/traffic", &headers, "").await;
        assert_eq!(answer.status, 403, "{site}");
        // But a link to the page works.
        assert_eq!(service.admin_raw("GET", "/", &headers, "").await.status, 200);
    }
}

#[tokio::test]
async fn every_response_is_protected() {
    let service = Service::with_admin().await;
    for path in ["/", "/page.css", "/page.js", "/api", "/nothing"] {
        let answer = service.admin("GET", path, Value::Null).await;
        let policy = answer.header("content-security-policy").unwrap();
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "form-action 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    }
}
