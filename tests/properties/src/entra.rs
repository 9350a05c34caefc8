use url::{Host, Url, form_urlencoded};

use crate::core::endpoint::Address;
use crate::core::entra::{
    AUTHORITY, Freshness, Issued, Proof, challenge, check_token, freshness, write_form, write_token_url,
};
use crate::core::token::check_issued;
use crate::sinks::{text_of, written_text};
use crate::{Input, Target};

/// More seconds than this are not told apart.
const LARGEST: u32 = 4_294_967_000;

pub(crate) const ENTRA: Target = Target {
    name: "entra",
    texts: &[
        "[a-z0-9.-]{0,8}|\\PC{0,4}",
        "[a-z0-9-]{0,8}|\\PC{0,4}",
        "|(https?://)?(login\\.example|localhost|127\\.0\\.0\\.1|[a-z@/#?:]{0,4})(:[0-9]{1,5})?/?",
        "\\PC{0,8}",
        "[A-Za-z0-9~._-]{8,20}|\\PC{0,6}",
        "200|400|401|[0-9]{0,4}",
        "[a-z]{0,3}",
        "[0-9]{0,11}(\\.[0-9]{0,3})?|\\PC{0,3}",
        "[0-9]{0,11}(\\.[0-9]{0,3})?|\\PC{0,3}",
        "[a-z_]{0,8}",
        "[A-Z0-9: ]{0,8}(\r?\n\\PC{0,3})?",
        "[0-9]{1,10}",
        "[A-Za-z0-9+/=]{0,12}",
        "(Bearer|[ ,]|error=|claims=|\"|insufficient_claims|[a-z]{0,2}){0,12}",
    ],
    check: |input| {
        url(input.text(0), input.text(1), input.text(2));
        form(input.text(1), input.text(3), input.text(9), input.text(4));
        bearer(input.text(9));
        claims(input.text(12), input.text(13));
        refusal(input);
        times(input);
    },
};

fn url(tenant: &str, client: &str, authority: &str) {
    let (url, result) = written_text(|sink| {
        write_token_url(tenant.as_bytes(), client.as_bytes(), authority.as_bytes(), sink)
    });
    if result.is_err() {
        return;
    }
    assert!(!client.trim().is_empty());
    let given = if authority.is_empty() {
        AUTHORITY
    } else {
        authority
    };
    let Ok(address) = Address::endpoint_or_host(given.as_bytes()) else {
        panic!("{authority} is accepted")
    };
    let base = text_of(|sink| address.write(sink));
    assert_eq!(url, format!("{base}/{tenant}/oauth2/v2.0/token"));
    if base.contains("xn--") {
        return;
    }
    let parsed = Url::parse(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(parsed.as_str(), url, "URL parsers rewrite it");
    let is_here = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    assert!(
        parsed.scheme() == "https" || is_here,
        "others can read the secret: {url}"
    );
}

fn form(client: &str, scope: &str, claims: &str, secret: &str) {
    const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let mut first = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client),
        ("scope", scope),
    ];
    if !claims.is_empty() {
        first.push(("claims", claims));
    }
    for (proof, last) in [
        (Proof::Secret(secret.as_bytes()), &[("client_secret", secret)][..]),
        (
            Proof::Assertion(secret.as_bytes()),
            &[("client_assertion_type", KIND), ("client_assertion", secret)],
        ),
    ] {
        let (form, result) = written_text(|sink| {
            write_form(
                client.as_bytes(),
                scope.as_bytes(),
                claims.as_bytes(),
                proof,
                sink,
            )
        });
        assert_eq!(result.is_ok(), !secret.trim().is_empty());
        if result.is_ok() {
            let read: Vec<_> = form_urlencoded::parse(form.as_bytes()).collect();
            let read: Vec<_> = read.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(read, [&first[..], last].concat());
        }
    }
}

/// A token that somebody else made.
fn bearer(token: &str) {
    let header = format!("Bearer {token}");
    if check_token(token.as_bytes()).is_ok() {
        let value = http::HeaderValue::try_from(&header).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            value.to_str().map(|value| value.split(' ').count()).ok(),
            Some(2),
            "{header:?}"
        );
    }
    if check_issued(token.as_bytes()).is_ok() {
        let url = format!("wss://a.example/client/hubs/chat?access_token={token}");
        let parsed = Url::parse(&url).unwrap_or_else(|error| panic!("{url}: {error}"));
        assert_eq!(
            (parsed.as_str(), parsed.query_pairs().count(), parsed.fragment()),
            (&*url, 1, None)
        );
    }
}

/// The claims of a challenge, and of anything else in a header.
fn claims(claims: &str, other: &str) {
    if !claims.contains('"') {
        let header = format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{claims}\"");
        // Without claims there is nothing to ask an issuer for.
        let asked = Some(claims.as_bytes()).filter(|claims| !claims.is_empty());
        assert_eq!(challenge(header.as_bytes()), asked, "{header}");
        let header = format!("Bearer claims=\"{claims}\", error=\"invalid_token\"");
        assert_eq!(
            challenge(header.as_bytes()).is_some(),
            claims == "insufficient_claims",
            "{header}"
        );
    }
    if let Some(found) = challenge(other.as_bytes()) {
        let found = String::from_utf8_lossy(found);
        assert!(
            !found.is_empty()
                && other.contains(&format!("claims=\"{found}"))
                && other.contains("\"insufficient_claims"),
            "{other}"
        );
    }
}

/// A refusal in which the issuer repeats the secret.
fn refusal(input: &Input<'_>) {
    let secret = input.text(4).trim();
    // As it is, and as it was sent.
    let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20");
    let description = format!("{}{secret}{}{encoded}", input.text(10), input.text(9));
    let issued = Issued {
        status: u16::try_from(input.number(5)).unwrap_or_default(),
        error: input.text(9).as_bytes(),
        description: description.as_bytes(),
        ..Issued::default()
    };
    let text = text_of(|sink| issued.write_refusal(secret.as_bytes(), sink));
    let said = text.strip_prefix("Microsoft Entra ID gave no token: ");
    let said = said.unwrap_or_else(|| panic!("it does not say what failed: {text}"));
    if !secret.is_empty() && !said.starts_with("it responded with ") {
        let hides = |shown: &str| !shown.contains(secret) && !shown.contains(&encoded);
        assert!(said.split("REDACTED").all(hides), "{said}");
        let code = text_of(|sink| issued.write_code(secret.as_bytes(), sink));
        assert!(
            issued.error.is_empty() || code.split("REDACTED").all(hides),
            "{code}"
        );
    }
}

fn times(input: &Input<'_>) {
    let now = input.number(11);
    let (expires_in, refresh_in) = (input.text(7), input.text(8));
    let issued = Issued {
        status: u16::try_from(input.number(5)).unwrap_or_default(),
        token: input.text(6).as_bytes(),
        expires_in: expires_in.as_bytes(),
        refresh_in: refresh_in.as_bytes(),
        ..Issued::default()
    };
    let seconds = |text: &str| {
        let whole = text.split('.').next().unwrap_or_default();
        let is_number = !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = whole.parse::<u128>().unwrap_or(u128::MAX).min(LARGEST.into());
        (is_number && seconds > 0)
            .then(|| u32::try_from(u128::from(now).saturating_add(seconds)).unwrap_or(u32::MAX))
    };
    let is_issued = issued.status == 200 && !issued.token.is_empty();
    let expected = seconds(expires_in).filter(|_| is_issued);
    let about = |time: u32| time.min(LARGEST);
    let times = issued.times(now);
    assert_eq!(
        times.map(|(expires_on, refresh_after)| (about(expires_on), refresh_after.map(about))),
        expected.map(|expires_on| (about(expires_on), seconds(refresh_in).map(about)))
    );
    let Some((expires_on, refresh_after)) = times else {
        return;
    };
    for at in [
        now,
        now.saturating_add(299),
        expires_on.saturating_sub(300),
        expires_on.saturating_sub(1),
        expires_on,
    ] {
        for asked in [0, at.saturating_sub(1)] {
            let fresh = freshness(expires_on, refresh_after, asked, at);
            assert_eq!(fresh == Freshness::Expired, at >= expires_on, "at {at}");
            let is_early =
                u64::from(at) + 300 < u64::from(expires_on) && refresh_after.is_none_or(|after| at < after);
            // While it serves, it is replaced only so often.
            assert_eq!(
                fresh == Freshness::Fresh,
                at < expires_on && (is_early || at.abs_diff(asked) < 30),
                "at {at}"
            );
        }
    }
}
