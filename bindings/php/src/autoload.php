<?php

// Finds the classes of the package where there is no Composer.

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'UserCom\\')) {
        $file = __DIR__ . '/' . str_replace('\\', '/', substr($class, strlen('UserCom\\'))) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});

require_once __DIR__ . '/functions.php';
