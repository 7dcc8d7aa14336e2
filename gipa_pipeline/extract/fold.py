"""One way to write a character, at the same length: full width, radicals, traditional forms (归一).

Folding maps one character to one character, so that offsets into the folded text are offsets into
the printed text. What changes lengths (pinyin artefacts, wrapped labels) is left to the readers.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_TRADITIONAL = (
    "製制發发數数廢废現现規规範范處处決决許许罰罚強强費费單单萬万請请業业組组織织機机構构會会務务總总計计結结轉转辦办區区開开國国權权類类內内過过執执詢询項项關关無无補补訪访舉举報报訴诉複复復复獲获繳缴納纳"
    "續续維维糾纠審审訟讼經经後后議议隻只這这條条對对採采購购額额屬属於于穩稳護护當当個个與与為为實实況况應应門门動动監监體体問问題题進进網网臺台頒颁號号從从據据準准記记將将來来時时間间達达還还給给統统導导"
    "覽览資资節节訊讯電电郵邮傳传眾众產产繼继鎮镇鄉乡縣县廳厅黨党風风層层衛卫環环災灾財财稅税農农漁渔礦矿鐵铁車车馬马龍龙東东廣广寧宁蘇苏滬沪漢汉陝陕貴贵雲云設设澤泽濟济灣湾濱滨灘滩漸渐滿满濕湿溝沟確确積积"
    "極极標标檢检樣样樹树橋桥歡欢歲岁歷历殘残殼壳毀毁氣气湯汤溫温滅灭灑洒營营爾尔牆墙獎奖獨独獻献甦苏畝亩畢毕畫画異异療疗癥症盡尽盤盘眞真睜睁礎础禮礼種种稱称穀谷窮穷競竞筆笔築筑簡简簽签籌筹糧粮緊紧綠绿綱纲"
    "綜综緣缘線线編编練练縮缩績绩繫系繪绘羅罗義义習习聖圣聞闻聯联職职聽听肅肃腦脑臨临興兴舊旧艱艰蓋盖藝艺藥药蘭兰虛虚虧亏蟲虫衝冲裝装見见觀观視视親亲覺觉訂订討讨訓训診诊評评詞词試试該该詳详誠诚語语誤误說说"
    "課课調调談谈論论謀谋講讲謝谢證证識识譯译讀读變变讓让豐丰貝贝負负貢贡貧贫責责貨货貫贯貼贴貿贸賀贺賓宾賞赏賢贤賣卖質质賬账贈赠贏赢趕赶趙赵跡迹踐践軌轨軍军軟软較较載载輔辅輕轻輛辆輪轮輸输轄辖迴回連连運运"
    "遊游違违遙遥遞递遠远適适選选遺遗邊边鄧邓鄭郑醫医釋释針针鈔钞鋼钢錄录錢钱錯错鍵键鎖锁鏈链鐘钟長长閉闭閒闲閱阅闊阔隊队陽阳陰阴陳陈陸陆隨随險险隱隐雖虽雙双雜杂離离難难靈灵靜静順顺預预頓顿領领頭头頻频顏颜"
    "願愿顧顾顯显飛飞飯饭飲饮館馆駐驻駕驾驗验驚惊髮发魚鱼鮮鲜鳥鸟麗丽麥麦點点齊齐齡龄龜龟龐庞傑杰備备傷伤傾倾僅仅價价儀仪億亿儘尽優优儲储兒儿兩两冊册凍冻劃划劇剧劉刘創创劑剂勁劲勝胜勞劳勢势勵励勸劝匯汇協协"
    "卻却厭厌參参吳吴員员啟启喪丧喬乔嗎吗嘗尝嚴严囑嘱園园圍围圓圆圖图團团堅坚場场塊块塵尘墊垫墳坟壓压壞坏壯壮壽寿夠够夾夹奪夺婦妇媽妈學学孫孙寬宽寫写寶宝尋寻專专屆届岡冈島岛峽峡崗岗嶺岭帥帅師师帳帐帶带幣币"
    "幫帮幹干幾几庫库廠厂廟庙張张彈弹彙汇徑径徵征憂忧憑凭憲宪懷怀戰战戲戏戶户拋抛揚扬換换損损搖摇擁拥擇择擊击擔担擴扩擺摆擾扰攜携攝摄敗败敘叙敵敌斷断晉晋暫暂曉晓曬晒書书榮荣殺杀測测減减渦涡湧涌滯滞漲涨潔洁"
    "潛潜潤润濃浓爐炉爭争爲为狀状猶犹獄狱瑪玛瓊琼疊叠瘋疯盜盗瞭了碼码磚砖禍祸紀纪約约紅红級级紙纸細细終终紹绍絕绝絡络絲丝緒绪緩缓緻致縱纵纖纤罷罢羣群翹翘聲声膽胆艦舰莊庄華华葉叶薦荐蘊蕴術术裏里襲袭託托詐诈"
    "誰谁諮咨諾诺豬猪貸贷賴赖贊赞趨趋躍跃輩辈轟轰辭辞遷迁遼辽邏逻鄰邻釐厘鉤钩銀银鋪铺錦锦鑑鉴鑒鉴闡阐階阶際际雞鸡霧雾韓韩響响頁页頸颈顥颢霽霁驅驱騙骗鬆松鬥斗麼么黃黄鏡镜鍋锅嚮向佈布佔占併并侖仑俠侠倉仓倫伦"
    "偉伟側侧偵侦沒没"
)
"""Pairs of traditional and simplified characters of the form and its prose; ``複`` and ``復`` both stand
for 复 in over-converted copies (行政複議), and ``隻`` for 只 (隻計這一情形)."""

CJK = "\u3007\u3400-\u9fff"
_PINYIN = re.compile(r"(?<=[\u3400-\u9fff])\((?:[a-z]|[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]){1,6}\)")


@cache
def _table() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in [
        *range(0xFF01, 0xFF5F),
        *range(0x2F00, 0x2FD6),
        *range(0x2E80, 0x2EF4),
        *range(0xF900, 0xFB00),
    ]:
        folded = unicodedata.normalize("NFKC", chr(code))
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    pairs = _TRADITIONAL
    table.update({ord(old): new for old, new in zip(pairs[::2], pairs[1::2], strict=True)})
    table.update(
        dict.fromkeys(
            map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"),
            " ",
        )
    )
    table.update(dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), " "))
    table.update(dict.fromkeys(map(ord, "\r\x0b\x0c\u2028\u2029\x85"), "\n"))
    table.update(
        {
            ord("｡"): "。",
            ord("､"): "、",
            ord("〔"): "〔",
            ord("❘"): "|",
            ord("│"): "|",
            ord("┃"): "|",
            ord("丨"): "|",
            **dict.fromkeys(map(ord, "║┆┇┊┋╎╏¦︱∣"), "|"),
        }
    )
    table.update({ord(c): n for c, n in zip("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩", "一二三四五六七八九十", strict=True)})
    table.update(dict.fromkeys(map(ord, "−﹣‐‑‒"), "-"))
    # NFKC leaves these radicals alone although PDF text layers use them for the whole character.
    table.update(
        {ord("⺠"): "民", ord("⻚"): "页", ord("⻅"): "见", ord("⻓"): "长", ord("⻔"): "门", ord("⻋"): "车"}
    )
    return table


def fold(text: str) -> str:
    """The text with every character in its plain form; the length never changes."""
    return text.translate(_table())


def without_pinyin(text: str) -> str:
    """Folded text with pinyin artefacts after a character removed (國務(wù)院 → 国务院)."""
    return _PINYIN.sub("", text) if "(" in text else text


def blank_pinyin(text: str) -> str:
    """The same with the artefacts replaced by spaces, so that offsets keep."""
    return _PINYIN.sub(lambda m: " " * len(m.group()), text) if "(" in text else text


_NOT_CJK = re.compile(f"[^{CJK}]+")


_MOST_DIGITS = 18


def is_count(text: str) -> bool:
    """Whether a text is the digits of a count and nothing else.

    Longer runs than any figure has are none: beyond 4,300 digits Python itself refuses to read them.
    """
    return text.isdecimal() and len(text) <= _MOST_DIGITS


@lru_cache(maxsize=16384)
def fold_cell(text: str) -> str:
    """The same for a cell's text; cached, since forms repeat their labels."""
    return fold(text)


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """A cell's text folded, without white space around it; cached, since forms repeat their labels."""
    return fold(text).strip()


@lru_cache(maxsize=16384)
def ideographs(text: str) -> str:
    """Only the ideographs of a text, folded: how labels are compared."""
    return _NOT_CJK.sub("", without_pinyin(fold(text)))
