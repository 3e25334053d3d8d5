<?php

// USERCOM_LIBRARY is the library, USERCOM_PROGRAM the program that serves as the sandbox; `make test` sets both.

declare(strict_types=1);

error_reporting(E_ALL);
// PHPUnit leaves a handler that it finds as it is. Not for what was silenced with @.
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    return (error_reporting() & $level) === 0 ? true : throw new ErrorException($message, 0, $level, $file, $line);
});

define('PACKAGE', dirname(__DIR__));
define('PROGRAM', getenv('USERCOM_PROGRAM') ?: PACKAGE . '/../../target/debug/usercom');
define('LIBRARY', getenv('USERCOM_LIBRARY') ?: PACKAGE . '/../../target/lib/libusercom.so');
foreach ([PROGRAM, LIBRARY] as $file) {
    if (!is_file($file)) {
        fwrite(STDERR, "there is no $file: run make test-php\n");
        exit(1);
    }
}
putenv('USERCOM_LIBRARY=' . LIBRARY);

require PACKAGE . '/src/autoload.php';
spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/' . str_replace('\\', '/', substr($class, strlen('UserCom\\Tests\\'))) . '.php';
    if (str_starts_with($class, 'UserCom\\Tests\\') && is_file($file)) {
        require $file;
    }
});
