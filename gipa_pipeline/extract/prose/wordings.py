"""The wordings in which prose states numbers (正文数字的写法), as patterns on folded text without white space.

Folding turns ，（）： into their ASCII forms; 。 and 、 stay. Each pattern names its number ``n``. What a
pattern must not be believed under (another year, a comparison, a plan) stands in the second half.
"""

from __future__ import annotations

import re

NUMBER = (
    r"(?<![\d.第约近逾超])(?<!\d,)(?<!超过)(?<!不足)(?<!不到)(?<!至少)(?<!大约)(?<!\d[-~—至到])"
    r"(?P<n>\d{1,3}(?:,\d{3})+|\d+)(?![\d.%年月日]|[余多万亿几来]|,\d{3}|[-~—至到]\d)"
)
PIECES = r"(?:件|宗|份|起|条|例)(?![次套]|以上|左右|以内|余)"
"""Persons (人), times (次) and items (项) are not applications."""
_N = NUMBER + PIECES
_IN = r"[^,。;:\d]"
_TIGHT = r"[^,。;:\d、()]"
_WHO = (
    r"(?:[共了各类件的由及和或与、]|有效|书面|依法|相关|群众|市民|社会公众|申请人|公民|法人|其他组织"
    r"|或者|提出|提交|共计|合计|总计|累计|登记|全部)"
)

RECEIVED = (
    re.compile(rf"(?:收到|新收|新增|接收|受理|接到|收取){_IN}{{0,30}}公开{_IN}{{0,6}}申请{_IN}{{0,12}}?{_N}"),
    re.compile(rf"(?:收到|新收|新增|接收|受理|接到|收取){_WHO}{{0,12}}申请{_IN}{{0,12}}?{_N}"),
    re.compile(rf"(?:收到|新收|新增|接收|受理|接到){_IN}{{0,14}}?{_N}{_IN}{{0,16}}公开{_IN}{{0,6}}申请"),
    re.compile(rf"(?:收到|新收|新增|接收|受理|接到){_WHO}{{0,8}}?{_N}(?:申请(?!人)|(?=[,。;、(:]|其中|$))"),
    re.compile(rf"公开申请(?:总?数量?|总量|量|件数|受理量|受理数)?(?:[为是有达共]|共计|合计){{1,3}}{_N}"),
    re.compile(
        rf"(?:收到|新收|新增|接收|受理|接到){_IN}{{0,6}}依申请公开(?:事项|信息|政府信息|件)?[共计有]{{0,2}}{_N}"
    ),
)
"""本年新收 in the usual orders of words; the fourth leans on what was said before."""

ANY_RECEIVED = re.compile(rf"(?:收到|新收|新增|接收|受理|接到){_IN}{{0,20}}(?P<n>\d[\d,]*)[余多万]?{PIECES}")
"""Something came: what is then said of answers is said of that."""
ONE_KIND = re.compile(r"自然人|企业|律师|社会组织|科研|单个|同一|个人(?!或)")
"""Applicants of one kind: what they sent is not all that came, unless 公民、法人 are named with them."""

NONE_RECEIVED = re.compile(
    r"(?:未|没有|无|尚未)(?:有)?(?:收到|接到|接收|受理|收取)(?P<what>[^,。;:\d]{0,30}?(?:申请|依申请公开))"
    r"(?:公开(?:政府)?信息)?的?(?:情况|情形|事项|案件|件)?(?=[,。;、()]|$)"
)
ODD_APPLICATIONS = re.compile(
    r"补正|重复|转|逾期|超期|涉及|要求(?!公开)|关于|不予|收费|复杂|恶意|行政复议|当面|现场|信函|邮寄|传真|网|邮件|法人的"
    r"|企业|外国|延期|异议|有关|除"
)
"""Adjectives after which 未收到 says nothing about applications as a whole."""

ANSWERED = (
    re.compile(
        rf"(?<!不予)(?<!其他)(?<!予以)(?:答复|办结|办理|处理|回复)(?:完毕|完成|了|的|率)?"
        rf"(?:{_WHO}|政府信息公开|信息公开|依申请公开|申请|事项|为|数量?){{0,10}}{_N}"
    ),
    re.compile(
        rf"{_N}(?:申请)?(?:均)?已(?:经)?(?:按期|按时|依法|全部)?(?:答复|办结|办理完毕)(?=[,。;、)]|$)"
    ),
)
CARRIED_IN = (
    re.compile(
        rf"(?:上年度?|上一年度?|去年)结转(?:至|到)?(?:本年度?|今年)?(?:继续)?(?:办理|处理)?的?"
        rf"(?:政府信息公开|信息公开)?(?:申请)?(?:数量)?[为共有]?{_N}"
    ),
    re.compile(rf"结转(?:自)?(?:上年度?|上一年度?|去年)的?(?:政府信息公开|信息公开)?(?:申请)?[为共有]?{_N}"),
)
_NEXT = r"(?:下年度?|下一年度?|次年|明年)"
CARRIED_OUT = (
    re.compile(
        rf"结转(?:至|到|于|入)?{_NEXT}(?:度)?(?:继续)?(?:办理|处理|答复|办结)?的?"
        rf"(?:政府信息公开|信息公开)?(?:申请)?(?:数量)?[为共有]?{_N}"
    ),
    re.compile(rf"{_N}(?:申请)?(?:需|须|已|将)?结转(?:至|到|于|入)?{_NEXT}"),
    re.compile(rf"结转{_N}(?:申请)?(?:至|到|于|入){_NEXT}"),
    re.compile(rf"转(?:至|到|入){_NEXT}(?:继续)?(?:办理|处理|答复|办结)?的?(?:申请)?(?:数量)?[为共有]?{_N}"),
)
NONE_CARRIED_OUT = re.compile(
    rf"(?:无|没有|未)(?:需|须|有)?结转(?:至|到|于|入)?{_NEXT}(?:继续)?(?:办理|处理|答复)?的?(?:申请|件|事项|情况)?(?=[,。;)]|$)"
)

CHANNELS = {
    "in_person": r"当面|现场|窗口|上门|来人",
    "letter": r"信函|来信|邮寄|信件|挂号信?|书面|邮政",
    "email": r"电子邮件|电子邮箱|邮箱|邮件",
    "online": r"网上|网络|互联网|在线|网站|线上|平台|系统",
    "fax": r"传真",
    "other": r"其他(?:方式|渠道|形式|途径)",
}
CHANNEL = re.compile("|".join(f"(?P<{name}>{words})" for name, words in CHANNELS.items()))
_FILLER = (
    r"(?:[的共为有类件式及和或与]|方式|渠道|形式|途径|平台|系统|网站|门户|政府|部门|专栏|申请|寄送|邮寄|提交|提出|递交|收到|接收|受理|依申请公开|政府信息公开"
    r"|信息公开|在线|网络|端|等)*+"
)
AFTER_CHANNEL = re.compile(rf"[\"“”]?{_FILLER}[\"“”]?{_N}")
BEFORE_CHANNEL = re.compile(rf"{_N}(?:为|是|系|属于?|通过|经|来自)(?:以)?(?=(?P<rest>[^,。;、\d]{{0,8}}))")

APPLICANTS = {
    "applicants_natural": re.compile(
        rf"(?<!非)(?:自然人|公民(?!、))(?:[的为共提出交]|申请|政府信息公开|信息公开|个人|方面|:){{0,6}}{_N}"
    ),
    "applicants_organisations": re.compile(
        rf"(?<!公民、)(?<!自然人、)(?<!公民和)(?<!企业)(?<!事业)(?<!社团)(?<!机关)法人(?:(?:或者|或|和|及|、|与)?其他组织|组织)?"
        rf"(?:[的为共提出交]|申请|政府信息公开|信息公开|方面|:){{0,6}}{_N}"
    ),
}
APART = re.compile(r"(?<![或和及、与者])其他组织\D{0,6}\d")
"""Legal persons and other organisations counted apart: neither is the whole."""

_OUTCOME = r"维持|纠正|纠错|撤销|败诉|胜诉|结案|审结|调解|驳回|确认|终止|撤回|一审|二审|再审|其中"
_CASE_IN = rf"(?:(?!{_OUTCOME}|复议|诉讼|公开|规范)[^,。;:\d、()]){{0,8}}?"
CASES = {
    "reconsideration_cases": re.compile(rf"行政复议(?:案件|申请)?{_CASE_IN}{NUMBER}[件宗起例](?!次)"),
    "litigation_cases": re.compile(
        rf"(?<!行政复议[和及与、])(?<!行政复议或)行政诉讼(?:案件)?{_CASE_IN}{NUMBER}[件宗起例](?!次)"
    ),
}
BOTH_NO_CASES = re.compile(
    r"行政复议(?:案件)?(?:和|及|与|、|或者?)行政诉讼(?:案件)?(?:共|均为|为|各)*0[件宗起例]"
)
NO_CASES = re.compile(
    r"(?:没有|未|无|均无|未曾)(?:发生|出现|收到|产生|被|因|有|涉及)*[^。;,]{0,24}?(?=行政复议|行政诉讼)[^。;]{0,20}"
)
WON = re.compile(r"败诉|纠错|纠正|撤销|维持|超期|逾期|责令|变更")
"""无败诉, 无纠错: the cases are there, they were not lost."""
AUTHORITY = re.compile(r"(?:受理|办理|审理|审结|代理|应诉|化解|收到|接收|审查|复议机关)[^,。;]{0,12}$")
"""The unit may be the one that hears the cases."""

_DOCUMENT = r"(?:行政)?规范性文件"
_ISSUE = r"(?:制发|印发|出台|制定|新制定|发布)"
_PAPERS = rf"{NUMBER}[件份部](?!次)"
DOCUMENTS = {
    "normative_issued": (
        re.compile(rf"{_ISSUE}(?:了)?{_TIGHT}{{0,6}}?{_DOCUMENT}(?:[共数为]|数量|共计|合计){{0,3}}{_PAPERS}"),
        re.compile(rf"(?:制发|印发|出台|制定){_TIGHT}{{0,4}}?{_PAPERS}{_TIGHT}{{0,3}}{_DOCUMENT}"),
        re.compile(rf"(?:新制定|制发|制定|出台)(?:了)?{_PAPERS}(?=[,。;、(]|$)"),
    ),
    "normative_repealed": (
        re.compile(rf"废止(?:和?宣布失效)?{_TIGHT}{{0,6}}?{_DOCUMENT}(?:[共数为]|数量){{0,3}}{_PAPERS}"),
        re.compile(rf"废止{_TIGHT}{{0,4}}?{_PAPERS}{_TIGHT}{{0,3}}{_DOCUMENT}"),
        re.compile(rf"废止(?:了)?{_PAPERS}(?=[,。;、(]|$)"),
    ),
    "normative_in_force": (
        re.compile(rf"现行有效(?:的)?{_DOCUMENT}(?:[共数为有]|数量|共计|合计){{0,4}}{_PAPERS}"),
        re.compile(rf"{_DOCUMENT}现行有效(?:[共数为有]|数量){{0,3}}{_PAPERS}"),
        re.compile(rf"现行有效(?:的)?(?:[共数为有]|数量|共计|合计){{0,3}}{_PAPERS}(?!{_TIGHT}{{0,8}}规章)"),
    ),
}
"""The last wording of each leaves 规范性文件 out (省略) and is believed only after it was named."""
NONE_ISSUED = re.compile(
    rf"(?:未|没有|无)(?:制发|印发|出台|制定|新制定){_TIGHT}{{0,4}}{_DOCUMENT}(?=[,。;、]|$)"
)

NO_FEE = re.compile(
    r"(?:未|没有|无)(?:收取|产生|发生|征收)[^,。;:\d]{0,14}(?:处理费|费用)|(?:处理费|费用)为?0|收取(?:金额|费用)为?0元"
)
NO_NOTICE = re.compile(r"(?:未|没有|无)(?:向[^,。;:\d]{1,8})?(?:发出|下达|发送|开具)[^,。;:\d]{0,8}收费通知")
NOTICES = re.compile(rf"(?:发出|下达|发送|开具)[^,。;:\d]{{0,6}}收费通知[^,。;:\d]{{0,6}}{NUMBER}[件份]")
PUBLISHED = re.compile(
    rf"(?:公开|发布|公布)(?:了|各类|各项|政府|政务|主动公开)*信息(?:共|共计|合计|总计|总?数为?|总?量为?)?{NUMBER}条"
)
ONE_PLATFORM = re.compile(
    r"网站|网页|公众号|微信|微博|新媒体|客户端|平台|专栏|公开栏|公报|公示|抖音|栏目|领域|订阅|粉丝|其中"
)

SHARE = re.compile(
    rf"{NUMBER}(?:件|宗|份|起|条)(?:\([^()]*\))?[,(]?(?P<of>占[^,。;:\d约近超逾不]{{0,14}}?)(?P<share>\d+(?:\.\d+)?)%"
    r"(?!以上|左右)"
)
"""A count and its percentage: 33件，占办结总数的58.93%."""

# --- what was being spoken of -------------------------------------------------------------------------
TOPICS = re.compile(
    r"(?P<heading>(?:^|(?<=[。;!?]))[-•·]?(?:\([一二三四五六七八九十\d]+\)|[一二三四五六七八九十]+、|第[一二三四五六]部分))"
    r"|(?P<applications>依申请公开|(?:信息|政务|依法|收到)公开(?:[^,。;:\d被]{0,6})申请(?!行政复议|复议)|申请公开(?:政府)?信息"
    r"|公开申请(?!行政复议|复议)|申请渠道|申请方式)"
    r"|(?P<proceedings>行政复议|行政诉讼|复议|诉讼|被申请人)"
    r"|(?P<documents>规范性文件)"
    r"|(?P<other>建议|提案|留言|来信(?!申请|提交|方式|、?来[函访])|热线|诉求|咨询|(?:书记|[市县区镇局省]长|领导|网络)信箱|投诉(?!类|举报类)|信访(?!、?举报|、?投诉)"
    r"|来电|来访|工单|许可|处罚|执法|不动产|产权|低保|救助|补贴|补助|政策解读|解读|会议|培训|发布会|听证|推文|公众号|微博|新媒体"
    r"|议案|民生|案件|舆情|意见|问题|事项办|政务服务|一件事|规章|党内|政策文件|各类文件|主动公开|公开信息|发布信息)"
)
"""A noun that says what the numbers after it count; the last one before a number holds."""

# --- what a number must not be believed under ---------------------------------------------------------
COMPARED = re.compile(
    r"同比|环比|较|相比|比(?:上|去|前|往|20\d\d)|增加|增长|减少|下降|上升|降低|增幅|降幅|多出|少于|多于|超出|提高"
)
PLANNED = re.compile(r"计划|预计|力争|拟(?![稿制定])|目标|争取|(?<!现)将(?![政近])|下一步|预期|要求")
NARROW = re.compile(
    r"延期|逾期|超期|超时|未按|实际|当面|网上|网络|传真|在线|电话|书面|邮寄|信函|不予|部分|转办|重复|补正|撤回|指导|督促|协助|审核|会商|指南|涉及|关于"
    r"|企业|结转|转入|转至|转到|予以公开|平台|现场|窗口|提供|无法"
)
"""Adjectives and deeds after which 办结 or 答复 counts a part only."""
TIMES = re.compile(
    r"(?P<years>20\d\d(?:年度?)?(?:至|到|-|—|~|、|和|及)20\d\d年)|"
    r"(?P<this>(?:(?:今年|本年|年初)以来|全年|本年度?|今年|当年|年内|一年来|报告期内?)(?:[^,。;:\d]{0,8}累计)?(?!以来|结转))"
    r"|(?P<year>20\d\d)年度?(?!以来|起|结转|\d+月|[\d.])(?:[^,。;:\d]{0,12}累计)?"
    r"|(?P<since>以来|累计|历年|近[两三四五几\d]+年|往年|[两三四五六七八九十]年(?:来|间|共)|历史)"
    r"|(?P<last>(?<![较比与和同及])(?:上年|上一年|去年|前年|上年度|上一年度)(?!度?结转))"
    r"|(?P<period>上半年|下半年|[一二三四]季度|前[一二三四五六七八九十]+个?月|\d{1,2}(?:至|-|—)?\d{0,2}月(?!\d*日(?:至|到|-|—|起|止)))"
)
WHOLE_YEAR = re.compile(
    r"(?:20\d\d年)?0?1月0?1日?(?:起)?(?:至|到|-|—|~)+(?:20\d\d年)?12月(?:31日)?|(?:20\d\d年)?1(?:至|-|—)12月|截[至止]?(?:到)?(?:20\d\d年)?(?:12月(?:31日|底)|年底|年末)"
)
SCOPE = re.compile(
    r"全[省市区县州盟旗系](?!面)|各[镇乡街部单县区市级科室股]|(?:市|区|县|省)直|(?<!申请)(?<!公开)(?<!平台)(?<!网络)(?<!信息)(?<!政务)(?<!办公)系统"
    r"|辖区|所属|下属|下级|汇总|街镇|镇街|镇乡|乡镇|部门和|[市县区](?:政府|局|办)[和及与]"
)
"""Other bodies than the unit alone (全市, 各部门, 系统)."""
LOWER = re.compile(
    r"(?<!全[省市区县州])各(?:县|区|市|镇|乡|街|部门|单位|科|股|所|处)|县区|镇街|街镇|乡镇|下级|下属"
)
"""Who is lower than the unit: what came to them is not what came to it."""
OWN = re.compile(r"我[局镇乡办委厅院校区县市街]|本(?:机关|单位|级|局|镇|乡|街道|办|委)|局机关")
"""The unit by itself."""
