# Words people know from the guides and from NCALayer are kept as they are.
# Every err- line says what happened; its rec- twin says what to do next.

# Names of the window
title-sign = Tamga. Data signature
title-read = Tamga. Key information
heading-sign = Data signature
heading-read = Key information
language-name = English
language-short = Eng
language-group = Language

# Who asks and what
section-who = Who asks
origin-site = Site
origin-unknown = Unknown page
origin-local = A program on this computer
wish-read = Read the details of one certificate
wish-sign =
    { $count ->
        [one] Sign { $count } document
       *[other] Sign { $count } documents
    }
wish-details = { $formats }, { $size }
size-bytes =
    { $count ->
        [one] { $count } byte
       *[other] { $count } bytes
    }
size-kilobytes = { $count } KB
size-megabytes = { $whole }.{ $tenth } MB
warn-insecure = The connection to this site is not protected (http): the page may have been replaced. Do not sign if you are not sure.
warn-address = This site has no name, only a numeric address. Check that you are where you meant to be.
warn-unknown = The browser did not say which page asks. If you were not signing anything, press “Cancel”.
warn-local = Not a site but a program on this computer asks. If you did not start it, press “Cancel”.
warn-not-web = Not a site but a browser extension or a file asks. If you did not expect this, press “Cancel”.
warn-international = The name of this site has other than Latin letters: it may only look familiar.
warn-blind =
    { $count ->
        [one] The site sent only the hash of the document: nobody can see here what is signed.
       *[other] The site sent only the hashes of { $count } documents: nobody can see here what is signed.
    }

# With which key
section-key = Your computer
field-path = Container path
hint-path = Key file .p12, .pfx or .jks
button-choose = Choose key
button-choose-other = Choose another key
list-sources = With which key:
place-file = In the file { $value }
place-token = Token { $value }
token-absent = Plug the token in to use this key
token-last = One attempt is left: a wrong PIN will lock the token
token-locked = Cannot be chosen: the token is locked
token-low = A wrong PIN was typed before; few attempts are left
token-failing = The library of a token does not work: { $value }
token-waiting = Plug in the token…
field-pin = PIN of the token
show-pin = Show PIN
allow-last = I know that a wrong PIN will lock the token
pin-pad-hint = Press “Open” and type the PIN on the keypad of the token.
pin-again-hint = The token asks for the PIN for each signature.
button-continue = Continue
field-password = Password
show-password = Show password
button-open = Open
button-open-busy = Opening…
chooser-title = Open file
chooser-filter = Key files
warn-not-latin = Attention! The password is typed in non-Latin letters

# List of keys
list-sign = Please, choose the key for signing:
list-read = Please, choose the key:
key-iin = IIN { $value }
key-bin = BIN { $value }
key-validity = Valid: { $from } – { $to }
key-algorithm = Algorithm: { $value }
key-issuer = Issuer name: { $value }
key-expired = Expired or not yet valid
key-chosen = chosen
not-usable-algorithm = Cannot be chosen: the algorithm is not supported
not-usable-authority = Cannot be chosen: the site does not trust its issuer
not-usable-expired = Cannot be chosen: expired or not yet valid
not-usable-other-person = Cannot be chosen: the site asks for another IIN, BIN or number
not-usable-purpose = Cannot be chosen: the key has another purpose
not-usable-role = Cannot be chosen: it lacks the powers the site asks for
not-usable-store = Cannot be chosen: the site asks for a key from another place
not-usable-other = Cannot be chosen for this request

# Decision
button-sign = Sign
button-send = Send
button-cancel = Cancel
busy-sign = Computing DS…
busy-sign-many = Signing: { $signed } of { $of }…
busy-read = Reading key information…

# About
button-about = About
button-close = Close
about-title = Tamga
about-text = An open signing gateway. This window is drawn with Slint.

# Problems
err-damaged = The file is damaged or is not a key file.
rec-damaged = Choose another file, or copy the key from its original medium again.
err-driver = The program of the token does not answer.
rec-driver = Plug the token in again. If that does not help, install the program of its maker again.
err-empty = Empty storage.
rec-empty = There is no key in this file. Choose another file.
err-last-attempt = One attempt is left.
rec-last-attempt = A wrong PIN will lock the token. If you are sure of the PIN, tick the box and press “Open” again.
err-locked = The token is locked: too many wrong PINs.
rec-locked = Unlock it with the program of its maker or where it was issued. Another key can be chosen here.
err-mismatch = The certificate in this file does not belong to its key.
rec-mismatch = Choose another file, or obtain the key from the NCA again.
err-no-certificate = The key has no certificate.
rec-no-certificate = Obtain the certificate from the NCA, or choose another key.
err-no-source = No key is chosen.
rec-no-source = Choose a token or a key above.
err-pin-length = A PIN of this length does not fit this token; it was not tried.
rec-pin-length = Check the PIN and type it again.
err-pin-not-set = The PIN of this token has to be set first.
rec-pin-not-set = Set it with the program of the token’s maker.
err-pin-pad-cancelled = No PIN was typed on the keypad.
rec-pin-pad-cancelled = Press “Open” and type the PIN on the keypad of the token.
err-recent-gone = The key used last time is not here any more.
rec-recent-gone = Choose another key of the list, or another place.
err-removed = The token was taken out.
rec-removed = Plug it in and open it again. Nothing was signed.
err-unreadable = The file was not found or cannot be read.
rec-unreadable = Check the container path and whether the medium is connected.
err-unsupported = The file is encrypted in a way that is not supported.
rec-unsupported = Choose a file issued by the NCA.
err-wrong-password = Incorrect password.
rec-wrong-password = Check the keyboard language and Caps Lock, and type the password again.
err-wrong-password-left = Incorrect password. Try count: { $count }
rec-wrong-password-left = After the last try the storage locks itself. Type the password carefully.
err-other = The storage did not open.
rec-other = Choose another file or try again.
err-no-usable = There are no keys for signing in the storage
rec-no-usable = The reason is shown with each key. Choose another key.
err-no-usable-read = There are no suitable keys in the storage.
rec-no-usable-read = The reason is shown with each key. Choose another key.
err-no-path = Empty field
rec-no-path = Press “Choose key” or type the container path.
err-not-full-path = This is not a full path.
rec-not-full-path = Type the whole path from the root of the disk, or press “Choose key”.
err-no-password = Empty field
rec-no-password = Please, enter the password for key storage.
err-long-password = The password is too long.
rec-long-password = Type at most { $limit } bytes.
err-no-file = No file was chosen.
rec-no-file = If the file window does not open, type the full path into the field “Container path”.

# For the terminal
started-by-hand = tamga-window is opened only by tamga, when a site asks for a signature; there is no need to start it yourself.
no-display = tamga-window cannot open a window on this display.
