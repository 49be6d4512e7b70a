# Words people know from the guides and from NCALayer are kept as they are.
# Every err- line says what happened; its rec- twin says what to do next.

# Names of the window
title-sign = Tamga. Подпись данных
title-read = Tamga. Информация о ключе
heading-sign = Подпись данных
heading-read = Информация о ключе
language-name = Русский
language-short = Рус
language-group = Язык

# Who asks and what
section-who = Кто спрашивает
origin-site = Сайт
origin-unknown = Неизвестная страница
origin-local = Программа на этом компьютере
wish-read = Прочитать сведения об одном сертификате
wish-sign =
    { $count ->
        [one] Подписать { $count } документ
        [few] Подписать { $count } документа
       *[other] Подписать { $count } документов
    }
wish-details = { $formats }, { $size }
size-bytes = { $count } байт
size-kilobytes = { $count } КБ
size-megabytes = { $whole },{ $tenth } МБ
warn-insecure = Соединение с сайтом не защищено (http): страницу могли подменить. Не подписывайте, если не уверены.
warn-address = У сайта нет имени, только числовой адрес. Проверьте, туда ли вы зашли.
warn-unknown = Браузер не сообщил, какая страница спрашивает. Если вы ничего не подписывали, нажмите «Отмена».
warn-local = Спрашивает не сайт, а программа на этом компьютере. Если вы её не запускали, нажмите «Отмена».
warn-not-web = Спрашивает не сайт, а расширение браузера или файл. Если вы не ждали этого, нажмите «Отмена».
warn-international = В имени сайта не только латинские буквы: оно может лишь казаться знакомым.
warn-blind =
    { $count ->
        [one] Сайт прислал только хеш документа: увидеть, что подписывается, нельзя.
        [few] Сайт прислал только хеш { $count } документов: увидеть, что подписывается, нельзя.
       *[other] Сайт прислал только хеш { $count } документов: увидеть, что подписывается, нельзя.
    }

# With which key
section-key = Персональный компьютер
field-path = Путь к хранилищу
hint-path = Файл ключа .p12 или .pfx
button-choose = Выбрать ключ
button-choose-other = Выбрать другой ключ
field-password = Пароль
show-password = Показать пароль
button-open = Открыть
button-open-busy = Открывается…
chooser-title = Открыть файл
chooser-filter = Файлы ключей
warn-not-latin = Внимание! Пароль вводится не латинскими буквами

# List of keys
list-sign = Выберите ключ для подписи:
list-read = Выберите ключ:
key-iin = ИИН { $value }
key-bin = БИН { $value }
key-validity = Срок действия: { $from } – { $to }
key-algorithm = Алгоритм: { $value }
key-issuer = Имя издателя: { $value }
key-expired = Истек либо не наступил срок действия
key-chosen = выбран
not-usable-algorithm = Нельзя выбрать: алгоритм не поддерживается
not-usable-expired = Нельзя выбрать: истек либо не наступил срок действия
not-usable-other-person = Нельзя выбрать: сайт просит ключ с другим ИИН, БИН или номером
not-usable-purpose = Нельзя выбрать: у ключа другое назначение
not-usable-role = Нельзя выбрать: нет полномочий, которые просит сайт
not-usable-other = Нельзя выбрать для этого запроса

# Decision
button-sign = Подписать
button-send = Отправить
button-cancel = Отмена
busy-sign = Формирование ЭЦП…
busy-read = Получение информации о ключе…

# About
button-about = О программе
button-close = Закрыть
about-title = Tamga
about-text = Открытый шлюз электронной подписи. Окно нарисовано с помощью Slint.

# Problems
err-damaged = Файл повреждён или это не файл ключа.
rec-damaged = Выберите другой файл или скопируйте ключ с исходного носителя ещё раз.
err-empty = Хранилище пустое.
rec-empty = В файле нет ни одного ключа. Выберите другой файл.
err-mismatch = Сертификат в файле не подходит к ключу.
rec-mismatch = Выберите другой файл или получите ключ в НУЦ РК заново.
err-unreadable = Файл не найден или не читается.
rec-unreadable = Проверьте путь к хранилищу и подключён ли носитель.
err-unsupported = Файл зашифрован способом, который не поддерживается.
rec-unsupported = Выберите файл, выданный НУЦ РК.
err-wrong-password = Неверный пароль.
rec-wrong-password = Проверьте раскладку клавиатуры и Caps Lock и введите пароль ещё раз.
err-wrong-password-left = Неверный пароль. Осталось попыток: { $count }
rec-wrong-password-left = После последней попытки хранилище заблокируется. Введите пароль внимательно.
err-other = Хранилище не открылось.
rec-other = Выберите другой файл или попробуйте ещё раз.
err-no-usable = В выбранном хранилище отсутствуют ключи для подписи
rec-no-usable = Причина указана у каждого ключа. Выберите другой ключ.
err-no-usable-read = В выбранном хранилище нет подходящих ключей.
rec-no-usable-read = Причина указана у каждого ключа. Выберите другой ключ.
err-no-path = Пустое поле
rec-no-path = Нажмите «Выбрать ключ» или введите путь к хранилищу.
err-not-full-path = Это не полный путь.
rec-not-full-path = Введите путь целиком, от корня диска, или нажмите «Выбрать ключ».
err-no-password = Пустое поле
rec-no-password = Введите пароль на хранилище ключей.
err-long-password = Пароль слишком длинный.
rec-long-password = Введите не больше { $limit } байт.
err-no-file = Файл не выбран.
rec-no-file = Если окно выбора файла не открывается, введите полный путь в поле «Путь к хранилищу».

# For the terminal
started-by-hand = tamga-window открывает только программа tamga, когда сайт просит подпись; запускать его самому не нужно.
no-display = tamga-window не может открыть окно на этом экране.
