"""A cheer for one who tells of trouble, and comfort for one who rejoices: what makes an answer the opposite one. Pure text and a face.

Of 33,800 judged rows beside first messages, 410 cheer where the message names a trouble that the row's own does not ("새벽배송 시켰는데 계란이 깨져서 옴"
beside "온라인으로 장 봤어"): 353 are bad, 51 half, 6 good. In a conversation the same is good for 82 of 620: what was told before may hold the trouble.
"""

from __future__ import annotations

import re

from ohlora_tui.records import Turn

TROUBLE = re.compile(
    r"(?<!안 )(?<!못 )(?<!안)(?:(?:다|싹|전부) ?날[렸림려]|깨[졌져진짐](?!말)|망[했함친쳤쳐]|먹어 ?버[렸려]|경고등|벌렁|발로 [찼차]|잃어 ?버|두고 (?:내|[왔옴])|떨어[졌짐]|떨어뜨|고장|놓[쳤침쳐]|쏟[았음]|쏟아 ?[져버]|엎[었어지질]|찢[었어겨져]"
    r"|도둑|털렸|다[쳤침]|아[프파픈]|물렸|실패|탈락|불합|울었|혼[났남]|싸[웠움]|차[였임]|헤어[졌짐]|넘어[졌짐]|부딪|부러[졌짐]|터[졌짐]|젖었|태워 ?먹|썩[었은]|상했|죽[었은]|용암|취소[됐당했]|거절|지각|막[혔힘]|멈췄|꺼졌|사라[졌짐]|없어[졌짐]"
    r"|뱀을|벌레|곰팡|까였|밟[혔힘]|긁[혔힘]|속상|짜증|열받|서운|외로|슬[프퍼]|우울하|억울|화[나났]|ㅠㅠ|ㅜㅜ)"
)
"""Words of trouble that has come."""
JOY = re.compile(r"(?<!안 )(?<!못 )(?:합격|붙었|붙음|이겼|이김|성공했|성공함|땄[다어]|신나|신난|행복|기[쁘뻐쁨]|설[레렌]|1등|일등|당첨|완치|나았|퇴원|!!!|뿌듯|대박|최고)")
"""Words of joy: 216 rows that comfort there by a wider list were bad for 170, good for 12."""


def mistaken(message: str, written: str, row: Turn) -> bool:
    """Whether the row's answer, written for the message `written`, is glad of a trouble or sorry for a joy that only `message` tells of."""
    face = row.expression
    if face is None:
        return False
    if TROUBLE.search(message):
        return face.mouth != "보통" and face.eyes != "작게" and not TROUBLE.search(written)
    return face.eyes == "작게" and face.mouth == "보통" and bool(JOY.search(message)) and not JOY.search(written)
