"""Rules by which web hosts lead the IRIs of things to the files of the site."""

from __future__ import annotations

__all__ = ["hosts"]

#: Suffix to media type, for hosts that do not know ours.
TYPES = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "parquet": "application/vnd.apache.parquet",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
}
#: Media type that a client may ask for to the suffix of the file that it gets.
WISHES = {
    "application/ld\\+json": "jsonld",
    "application/n-triples": "nt",
    "application/rdf\\+xml": "rdf",
    "application/trig": "trig",
    "text/turtle": "ttl",
}


def hosts() -> dict[str, str]:
    """Return the files of rules: Apache's, and that of Netlify and Cloudflare Pages."""
    return {".htaccess": _apache(), "_redirects": _redirects(), ".nojekyll": ""}


def _apache() -> str:
    types = "".join(f"AddType {media} .{suffix}\n" for suffix, media in TYPES.items())
    pairs = "".join(
        f"RewriteCond %{{HTTP_ACCEPT}} {media}\n"
        f"RewriteRule ^id/(.+)$ data/$1.{suffix} [R=303,L,NE]\n"
        f"RewriteCond %{{HTTP_ACCEPT}} {media}\n"
        f"RewriteRule ^scheme/(.+)$ data/scheme/$1.{suffix} [R=303,L,NE]\n"
        for media, suffix in WISHES.items()
    )
    return (
        f"{types}AddEncoding identity .gz .zst\nErrorDocument 404 /404.html\n"
        "RewriteEngine On\n"
        # A part of an agreement is on its page.
        f"RewriteRule ^(?:id|page)/(agreement/[^/]+)/ page/$1 [R=303,L,NE]\n{pairs}"
        "RewriteRule ^id/(.+)$ page/$1 [R=303,L,NE]\n"
        "RewriteRule ^scheme/(.+)$ page/scheme/$1 [R=303,L,NE]\n"
        "RewriteCond %{REQUEST_FILENAME}.html -f\n"
        "RewriteRule ^(.+)$ $1.html [L]\n"
    )


def _redirects() -> str:
    return (
        "/id/agreement/:key/* /page/agreement/:key 303\n"
        "/id/* /page/:splat 303\n/scheme/* /page/scheme/:splat 303\n"
    )
