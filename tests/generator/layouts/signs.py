"""Reports whose characters are not the ones expected: Traditional copies and Kangxi radicals."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.generator.layouts.base import Document, layout
from tests.generator.layouts.html import html
from tests.generator.layouts.text import text_bar_rows, text_lines
from tests.generator.truth import Report

_PAIRS = (
    "万萬与與专專两兩个個为為举舉习習乡鄉书書产產从從仅僅众眾优優会會传傳体體余餘侧側俭儉偿償储儲关關兴興养養内內写寫"
    "农農决決况況准準减減刊刊划劃创創别別办辦务務动動励勵劳勞医醫区區协協单單占佔卫衛却卻厂廠历歷县縣参參双雙发發变變"
    "叶葉号號吗嗎听聽启啟员員响響围圍图圖园園场場块塊坚堅处處备備复複够夠头頭夺奪实實审審宪憲宽寬对對导導将將尔爾"
    "尽盡层層属屬岗崗岚嵐师師带帶帮幫广廣应應库庫废廢开開异異张張强強归歸当當录錄彻徹征徵态態总總恶惡悬懸惊驚惩懲户戶"
    "执執扩擴扫掃护護报報担擔拟擬择擇挂掛挥揮损損换換据據数數断斷无無旧舊时時显顯术術机機杂雜权權条條来來极極构構"
    "标標栏欄样樣档檔检檢楼樓欢歡归歸残殘没沒泽澤浏瀏济濟测測清清满滿渐漸渔漁湾灣灭滅灵靈点點热熱爱愛状狀现現"
    "环環电電畅暢疗療监監盖蓋盘盤码碼确確础礎种種积積称稱稳穩穷窮竞競笔筆签簽简簡类類紧緊纠糾级級纪紀纲綱纳納纸紙线線"
    "练練组組细細织織终終绍紹经經结結绕繞绘繪给給络絡绝絕统統继繼绩績续續维維综綜编編缩縮缴繳网網罚罰职職联聯"
    "与與节節范範荐薦获獲营營蓝藍虽雖虑慮补補规規览覽计計订訂认認讨討让讓训訓议議记記讲講许許论論讼訟设設访訪证證评評识識"
    "诉訴词詞试試询詢该該详詳话話语語误誤说說请請诺諾读讀课課调調谈談谢謝谨謹贯貫责責财財败敗账賬货貨质質购購贴貼费費"
    "资資赛賽赠贈转轉轮輪软軟载載较較辑輯输輸辖轄达達迁遷过過运運还還这這进進远遠违違连連迟遲适適选選递遞逻邏"
    "遗遺邮郵邻鄰采採里裡针針钩鉤银銀链鏈错錯键鍵镇鎮长長门門问問间間闭閉闻聞阅閱队隊阶階际際陆陸随隨险險隐隱难難"
    "霁霽页頁项項顺順须須顾顧预預领領频頻题題额額颢顥风風飞飛馆館驱驅验驗党黨齐齊龄齡"
    # Over-converted, as converters do it word by word without looking at the meaning.
    "制製只隻复複系係台臺后後松鬆"
)
TRADITIONAL = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))
PINYIN = {
    "務": "wù",
    "報": "bào",
    "開": "kāi",
    "門": "mén",
    "應": "yīng",
    "處": "chǔ",
    "網": "wǎng",
    "設": "shè",
}
RADICALS = str.maketrans("一二八人入力十又口土大女子小山工己文方日月木欠止气水火父牛玉生用田目石示立米老而自行衣见言走足身车长门面页首高",
                         "⼀⼆⼋⼈⼊⼒⼗⼜⼝⼟⼤⼥⼦⼩⼭⼯⼰⽂⽅⽇⽉⽊⽋⽌⽓⽔⽕⽗⽜⽟⽣⽤⽥⽬⽯⽰⽴⽶⽼⽽⾃⾏⾐⻅⾔⾛⾜⾝⻋⻓⻔⾯⻚⾸⾼")  # fmt: skip


@layout("html_traditional")
def html_traditional(report: Report, rng: Random) -> Document:
    """A web page converted to Traditional characters, over-converted in places."""
    document = html(report, rng)
    return replace(document, data=document.data.decode().translate(TRADITIONAL).encode())


@layout("text_pinyin")
def text_pinyin(report: Report, rng: Random) -> Document:
    """A Traditional copy in which the reading of a character stands behind it now and then."""
    document = text_bar_rows(report, rng)
    signs = (
        f"{sign}({PINYIN[sign]})" if sign in PINYIN and rng.random() < 0.3 else sign
        for sign in document.data.decode().translate(TRADITIONAL)
    )
    return replace(document, data="".join(signs).encode())


@layout("text_radicals")
def text_radicals(report: Report, rng: Random) -> Document:
    """Text copied out of a PDF whose font maps common characters to Kangxi radicals."""
    document = text_lines(report, rng)
    return replace(document, data=document.data.decode().translate(RADICALS).encode())
