"""What other apps are told of faces."""

from django.dispatch import Signal

#: A face is gone: its owner deleted it, its time ran out, or the operator took it down.
#: kwargs: `source_id`; `visitor` whose it was; `takedown`: whether what was made with it is to be deleted too.
#: A takedown is told once more with an empty `visitor`: it concerns everyone's results, also where no face is left.
source_withdrawn = Signal()
