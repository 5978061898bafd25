"""Feeds in every dialect, written for these tests."""

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title>한강일보</title>
  <atom:link href="https://news.example/rss" rel="self"/>
  <link>https://news.example/</link>
  <language>ko-KR</language>
  <item>
    <title><![CDATA[반도체 수출 "사상 최대" & 호조]]></title>
    <link>/economy/1</link>
    <guid isPermaLink="false">n-1</guid>
    <pubDate>Fri, 20 Nov 2026 09:30:00 +0900</pubDate>
    <description>&lt;p&gt;수출이&nbsp;늘었다.&lt;/p&gt;</description>
    <content:encoded><![CDATA[<p>지난달 반도체 수출이 크게 늘었다.</p>]]></content:encoded>
    <dc:creator>김기자</dc:creator>
    <author>desk@news.example (경제부)</author>
    <category>경제</category><category>반도체</category>
    <media:title>not the title</media:title>
    <media:content url="https://news.example/1.mp4" type="video/mp4"/>
    <media:content url="https://news.example/1.jpg" type="image/jpeg"/>
  </item>
  <item>
    <description>제목 없는 &lt;b&gt;속보&lt;/b&gt;</description>
    <guid>https://news.example/flash/2</guid>
    <pubDate>2026-11-20 10:00:00</pubDate>
  </item>
  <item><title>날짜 없음</title><link>https://news.example/3</link><pubDate>오늘</pubDate></item>
  <item><category>nothing at all</category></item>
</channel></rss>"""

RDF = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel rdf:about="https://rdf.example/"><title>Old Paper</title>
    <link>https://rdf.example/</link><dc:language>en</dc:language></channel>
  <item rdf:about="https://rdf.example/a"><title>Ship arrives</title>
    <link>https://rdf.example/a</link><description>It arrived.</description>
    <dc:date>2026-11-20T08:00+01:00</dc:date><dc:creator>A. Writer</dc:creator>
    <dc:subject>harbour</dc:subject></item>
</rdf:RDF>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <title type="html">The &amp;amp; Times</title>
  <link rel="self" href="https://atom.example/feed"/><link href="https://atom.example/"/>
  <entry xml:lang="ja">
    <id>tag:atom.example,2026:1</id>
    <title>a &lt; b</title>
    <link rel="enclosure" type="audio/mpeg" href="https://atom.example/1.mp3"/>
    <link rel="alternate" href="https://atom.example/1"/>
    <updated>2026-11-20T10:00:00Z</updated><published>2026-11-20T09:00:00.5Z</published>
    <author><name>Ann</name><email>ann@atom.example</email></author><author><name>Bo</name></author>
    <category term="maths"/>
    <summary type="html">&lt;i&gt;short&lt;/i&gt;</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>one &amp;
      <b>two</b></p>three</div></content>
  </entry>
</feed>"""

ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Elder</title>
  <entry><id>e-1</id><title>Still here</title><link rel="alternate" href="https://e.example/1"/>
  <issued>2026-11-20T00:00:00Z</issued></entry></feed>"""

RSS_091 = """
<rss version="0.91"><channel><title>Tiny</title><link>https://t.example/</link>
<item><title>Caf&eacute; opens&nbsp;today</title><link>https://t.example/cafe</link>
<description>Fine &AMP; well &lt;3</description></item></channel></rss>"""


def numbered(numbers: range, address: str = "https://news.example") -> bytes:
    """An RSS feed with an entry for each number."""
    items = "".join(
        f"<item><title>Entry {n}</title><link>{address}/{n}</link><guid>{address}/{n}</guid>"
        "<pubDate>Fri, 20 Nov 2026 09:30:00 GMT</pubDate></item>"
        for n in numbers
    )
    return f"<rss><channel><title>News</title>{items}</channel></rss>".encode()
