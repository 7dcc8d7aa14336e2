"""The page around an article: menus, scripts, styles, the metadata table, the footer."""

from __future__ import annotations

from html import escape
from random import Random

from tests.generator.layouts.base import dated
from tests.generator.sentences import MENU
from tests.generator.truth import Report


def page(report: Report, rng: Random, article: str, *, charset: str = "utf-8", kilobytes: int = 0) -> str:
    """A whole page; ``kilobytes`` pads menus, scripts and styles until the page has about that size."""
    head = _head(report, charset)
    tail = _footer(report)
    body = (
        f'<div class="crumbs">您所在的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政府信息公开</a> &gt; '
        f'<a href="/zwgk/nb/">政府信息公开年报</a></div>\n{_metadata(report)}\n'
        f'<div class="article-box"><h1 class="title">{escape(report.title)}</h1>\n'
        f'<div class="info"><span>发布日期：{dated(report)}</span> <span>来源：{escape(report.body.name)}</span> '
        f'<span>浏览次数：<i id="hits">{rng.randint(11, 4_000)}</i></span> <span>字体：[大 中 小]</span></div>\n'
        f'<div class="article" id="zoom">\n{article}\n</div></div>\n{_others(report)}'
    )
    menu = _menu(report)
    room = kilobytes * 1024 - len((head + menu + body + tail).encode())
    return head + _padding(rng, max(room, 0)) + menu + body + tail


def _head(report: Report, charset: str) -> str:
    title = escape(report.title)
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="zh-CN"><head>\n<meta http-equiv="Content-Type" content="text/html; charset={charset}">\n'
        f"<title>{title}_{escape(report.body.short)}</title>\n"
        f'<meta name="SiteName" content="{escape(report.body.name)}门户网站">\n'
        '<meta name="ColumnName" content="政府信息公开年报">\n'
        f'<meta name="ArticleTitle" content="{title}">\n'
        f'<meta name="PubDate" content="{dated(report)} 09:30">\n'
        f'<meta name="ContentSource" content="{escape(report.body.name)}">\n'
        '<link rel="stylesheet" href="/static/css/main.css">\n'
        "<style>body{font:16px/1.8 sans-serif}.article table{border-collapse:collapse}"
        ".article td{border:1px solid #333;padding:4px}</style>\n"
        '<script>var site={"code":"9901","year":2019,"list":[0,1,2,3]};'
        "function today(){return '2019年4月20日 星期六';}</script>\n</head><body>\n"
        '<div class="top">今天是<script>document.write(today())</script> <a href="/">无障碍浏览</a></div>\n'
    )


def _menu(report: Report) -> str:
    items = "".join(f'<li><a href="/zwgk/c{1000 + n}/">{name}</a></li>' for n, name in enumerate(MENU))
    return f'<div class="nav"><p>{escape(report.body.short)}</p><ul>{items}</ul></div>\n'


def _metadata(report: Report) -> str:
    day = dated(report)
    return (
        '<table class="xxgk-meta" width="100%"><tbody>'
        f"<tr><td>索 引 号：</td><td>{report.index_number}</td><td>信息分类：</td><td>政府信息公开年报</td></tr>"
        f"<tr><td>发布机构：</td><td>{escape(report.body.name)}</td><td>成文日期：</td><td>{day}</td></tr>"
        f'<tr><td>名　　称：</td><td colspan="3">{escape(report.title)}</td></tr>'
        f"<tr><td>文　　号：</td><td>无</td><td>发布日期：</td><td>{day}</td></tr>"
        "</tbody></table>"
    )


def _others(report: Report) -> str:
    links = "".join(
        f'<li><a href="/zwgk/nb/{year}.html">{escape(report.body.name)}{year}年政府信息公开工作年度报告</a></li>'
        for year in range(report.year - 1, report.year - 4, -1)
    )
    return f'<div class="related"><h3>相关信息</h3><ul>{links}</ul></div>\n'


def _footer(report: Report) -> str:
    return (
        f'<div class="footer"><p>主办：{escape(report.body.name)}　网站标识码：9901{report.body.region_code}</p>'
        "<p>联系电话：0990-5550101　备案序号：例ICP备00000001号</p></div>\n"
        '<script src="/static/js/hits.js"></script>\n</body></html>\n'
    )


def _padding(rng: Random, room: int) -> str:
    """Scripts, styles and drop-down menus: what most of a real page's bytes are."""
    parts: list[str] = []
    size = 0
    while size < room:
        number = rng.randint(1000, 9999)
        list_ = ",".join(str(rng.randint(0, 999)) for _ in range(60))
        script = f'<script>window.cfg{number}={{id:{number},path:"/api/v{rng.randint(1, 9)}",list:[{list_}]}};</script>\n'
        style = (
            f"<style>.box{number}{{width:{number % 1200}px;margin:0 auto;color:#{number:06d};float:left}}"
            f".box{number} li:hover{{background:url(/static/img/{number}.png) no-repeat}}</style>\n"
        )
        links = "".join(
            f'<li><a href="/zwgk/c{rng.randint(1000, 9999)}/list.html" target="_blank">{rng.choice(MENU)}</a></li>'
            for _ in range(12)
        )
        part = rng.choice((script, style, f'<ul class="drop" style="display:none">{links}</ul>\n'))
        parts.append(part)
        size += len(part.encode())
    return "".join(parts)
