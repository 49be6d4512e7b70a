# Words people know from the guides and from NCALayer are kept as they are.
# Every err- line says what happened; its rec- twin says what to do next.

# Names of the window
title-sign = Tamga. Деректерге қол қою
title-read = Tamga. Кілт туралы ақпарат
heading-sign = Деректерге қол қою
heading-read = Кілт туралы ақпарат
language-name = Қазақша
language-short = Қаз
language-group = Тіл

# Who asks and what
section-who = Кім сұрайды
origin-site = Сайт
origin-unknown = Белгісіз бет
origin-local = Осы компьютердегі бағдарлама
wish-read = Бір сертификат туралы мәліметті оқу
wish-sign =
    { $count ->
        [one] { $count } құжатқа қол қою
       *[other] { $count } құжатқа қол қою
    }
wish-details = { $formats }, { $size }
size-bytes = { $count } байт
size-kilobytes = { $count } КБ
size-megabytes = { $whole },{ $tenth } МБ
warn-insecure = Сайтпен байланыс қорғалмаған (http): бетті алмастырып қоюы мүмкін. Сенімді болмасаңыз, қол қоймаңыз.
warn-address = Сайттың аты жоқ, тек сандық мекенжайы бар. Дұрыс жерге кіргеніңізді тексеріңіз.
warn-unknown = Браузер қай бет сұрап тұрғанын айтпады. Егер сіз ештеңеге қол қоймасаңыз, «Болдырмау» түймесін басыңыз.
warn-local = Сайт емес, осы компьютердегі бағдарлама сұрап тұр. Оны сіз іске қоспасаңыз, «Болдырмау» түймесін басыңыз.
warn-not-web = Сайт емес, браузер кеңейтімі немесе файл сұрап тұр. Күтпеген болсаңыз, «Болдырмау» түймесін басыңыз.
warn-international = Сайт атында латын әріптерінен басқа әріптер бар: ол тек таныс болып көрінуі мүмкін.
warn-blind =
    { $count ->
        [one] Сайт құжаттың тек хешін жіберді: неге қол қойылатынын көру мүмкін емес.
       *[other] Сайт { $count } құжаттың тек хешін жіберді: неге қол қойылатынын көру мүмкін емес.
    }

# With which key
section-key = Сіздің компьютеріңіз
field-path = Сақтау орнының жолы
hint-path = .p12 немесе .pfx кілт файлы
button-choose = Кілтті таңдау
button-choose-other = Басқа кілтті таңдау
field-password = Құпиясөз
show-password = Құпиясөзді көрсету
button-open = Ашу
button-open-busy = Ашылуда…
chooser-title = Файлды ашу
chooser-filter = Кілт файлдары
warn-not-latin = Назар аударыңыз! Құпиясөз латын әріптерімен енгізілмей жатыр.

# List of keys
list-sign = Қол қою үшін кілтті таңдаңыз:
list-read = Кілтті таңдаңыз:
key-iin = ЖСН { $value }
key-bin = БСН { $value }
key-validity = Әрекет ету мерзімі: { $from } – { $to }
key-algorithm = Алгоритм: { $value }
key-issuer = Басып шығарушының аты: { $value }
key-expired = Мерзімі өтіп кеткен немесе әлі басталмаған
key-chosen = таңдалды
not-usable-algorithm = Таңдауға болмайды: алгоритмге қолдау жоқ
not-usable-expired = Таңдауға болмайды: мерзімі өтіп кеткен немесе әлі басталмаған
not-usable-other-person = Таңдауға болмайды: сайт басқа ЖСН, БСН немесе нөмірі бар кілтті сұрайды
not-usable-purpose = Таңдауға болмайды: кілттің мақсаты басқа
not-usable-role = Таңдауға болмайды: сайт сұраған өкілеттік жоқ
not-usable-other = Бұл сұрау үшін таңдауға болмайды

# Decision
button-sign = Қол қою
button-send = Жіберу
button-cancel = Болдырмау
busy-sign = ЭЦҚ құру…
busy-read = Кілт туралы ақпаратты алу…

# About
button-about = Бағдарлама туралы
button-close = Жабу
about-title = Tamga
about-text = Ашық электрондық қолтаңба шлюзі. Терезе Slint көмегімен салынған.

# Problems
err-damaged = Файл бүлінген немесе бұл кілт файлы емес.
rec-damaged = Басқа файлды таңдаңыз немесе кілтті бастапқы тасымалдағыштан қайта көшіріңіз.
err-empty = Сақтау орны бос.
rec-empty = Файлда бірде-бір кілт жоқ. Басқа файлды таңдаңыз.
err-mismatch = Файлдағы сертификат кілтке сәйкес келмейді.
rec-mismatch = Басқа файлды таңдаңыз немесе ҚР ҰКО-дан кілтті қайта алыңыз.
err-unreadable = Файл табылмады немесе оқылмайды.
rec-unreadable = Сақтау орнының жолын және тасымалдағыштың қосылғанын тексеріңіз.
err-unsupported = Файл қолдау көрсетілмейтін тәсілмен шифрланған.
rec-unsupported = ҚР ҰКО берген файлды таңдаңыз.
err-wrong-password = Қате құпиясөз.
rec-wrong-password = Пернетақта тілін және Caps Lock күйін тексеріп, құпиясөзді қайта енгізіңіз.
err-wrong-password-left = Қате құпиясөз. Қалған мүмкіндіктер саны: { $count }
rec-wrong-password-left = Соңғы мүмкіндіктен кейін сақтау орны бұғатталады. Құпиясөзді мұқият енгізіңіз.
err-other = Сақтау орны ашылмады.
rec-other = Басқа файлды таңдаңыз немесе қайталап көріңіз.
err-no-usable = Тандалған сақтау орынында қол қоюға арналған кілттер табылмады
rec-no-usable = Себебі әр кілттің жанында көрсетілген. Басқа кілтті таңдаңыз.
err-no-usable-read = Таңдалған сақтау орнында жарамды кілттер табылмады.
rec-no-usable-read = Себебі әр кілттің жанында көрсетілген. Басқа кілтті таңдаңыз.
err-no-path = Бос алаң
rec-no-path = «Кілтті таңдау» түймесін басыңыз немесе сақтау орнының жолын енгізіңіз.
err-not-full-path = Бұл толық жол емес.
rec-not-full-path = Жолды дискінің түбірінен бастап толық енгізіңіз немесе «Кілтті таңдау» түймесін басыңыз.
err-no-password = Бос алаң
rec-no-password = Кілт сақтау орнының құпиясөзін енгізіңіз.
err-long-password = Құпиясөз тым ұзын.
rec-long-password = Ең көбі { $limit } байт енгізіңіз.
err-no-file = Файл таңдалмады.
rec-no-file = Файл таңдау терезесі ашылмаса, толық жолды «Сақтау орнының жолы» өрісіне енгізіңіз.

# For the terminal
started-by-hand = tamga-window бағдарламасын сайт қолтаңба сұрағанда тек tamga ашады; оны өзіңіз іске қосудың қажеті жоқ.
no-display = tamga-window бұл экранда терезе аша алмайды.
